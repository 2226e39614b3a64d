import type { Operation } from '../operation.ts';
import { accountOperations } from './account-operations.ts';
import { callOperations } from './call-operations.ts';
import { clientOperations } from './client-operations.ts';
import { gatewayOperations } from './gateway-operations.ts';
import { keyOperations } from './key-operations.ts';
import { portableOperations } from './portable-operations.ts';
import { relayOperations } from './relay-operations.ts';
import { routingOperations } from './routing-operations.ts';
import { signInOperations } from './sign-in-operations.ts';
import { tunnelOperations } from './tunnel-operations.ts';

/** Everything that Relay answers. A route without its description, or the other way round, fails a test. */
export const operations: readonly Operation[] = [
  ...gatewayOperations,
  ...accountOperations,
  ...signInOperations,
  ...keyOperations,
  ...clientOperations,
  ...tunnelOperations,
  ...callOperations,
  ...routingOperations,
  ...portableOperations,
  ...relayOperations,
];
