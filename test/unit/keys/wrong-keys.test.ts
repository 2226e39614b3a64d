import { expect, test } from 'vitest';
import { createCallers } from '../../../src-main/gateway/callers.ts';
import type { Keys } from '../../../src-main/keys/keys.ts';
import { createWrongKeys } from '../../../src-main/keys/wrong-keys.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';

function door() {
  const logged: object[] = [];
  const clock = { now: 0 };
  const wrong = createWrongKeys(
    { clock: { monotonic: () => clock.now }, log: { warn: (fields) => void logged.push(fields) } },
    'wrong keys',
  );
  const looked: string[] = [];
  const keys = {
    authenticate(secret: string) {
      looked.push(secret);
      return secret === 'sk-relay-right' ? { id: 'key_1' } : null;
    },
    looksKnown: (secret: string) => secret.startsWith('sk-relay-r'),
  } as unknown as Keys;
  const callers = createCallers(keys, { ownerOfToken: async () => null }, wrong);
  const send = async (secret: string): Promise<unknown> => {
    try {
      return (await callers.identify(secret))?.id ?? 401;
    } catch (error) {
      return error instanceof RelayError ? [error.status, error.code, error.retryAfterMs] : error;
    }
  };
  return { clock, logged, looked, send };
}

test('past 300 wrong keys what cannot be right is not looked up, and what may be right is', async () => {
  const { clock, logged, looked, send } = door();
  for (let n = 0; n < 300; n += 1) expect(await send('wrong')).toBe(401);
  expect(looked.length).toBe(300);
  const limited = [429, 'rate_limit_exceeded', 200];
  expect([await send('wrong'), looked.length]).toEqual([limited, 300]);
  expect([await send('sk-relay-rong'), looked.length]).toEqual([limited, 301]);
  expect([await send('eyJ.login'), looked.length]).toEqual([limited, 302]);
  expect([await send('sk-relay-right'), looked.length]).toEqual(['key_1', 303]);
  clock.now += 200;
  expect([await send('wrong'), await send('wrong')]).toEqual([401, limited]);
  clock.now += 60_000;
  await send('wrong');
  expect(logged).toEqual([{ refused: 1 }, { refused: 305 }]);
});
