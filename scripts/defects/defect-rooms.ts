export interface DefectRoom {
  readonly name: string;
  /** What is tried first: seconds, not minutes. */
  readonly quick: readonly string[];
  /** What is asked when none of these noticed: the room in the running program. */
  readonly thorough: readonly string[];
}

const integration = (...names: readonly string[]): string[] => names.map((name) => `test/integration/${name}`);

/** The rooms in which a defect costs a person most, and the tests that are there to notice one. */
export const defectRooms: readonly DefectRoom[] = [
  {
    name: 'routing',
    quick: ['test/unit/routing/', 'test/unit/domain/'],
    thorough: [
      ...integration('failover', 'hold', 'breaker', 'cooldown', 'affinity', 'overflow', 'decisions', 'retry-load'),
      ...integration('routing-questions', 'splice', 'quota-truth', 'refused-calls', 'account-health'),
      'test/faults/fault-matrix.test.ts',
    ],
  },
  {
    name: 'protocol',
    quick: ['test/unit/protocol/', 'test/unit/gateway/'],
    thorough: [
      ...integration(
        'streams',
        'failover',
        'splice',
        'gateway-refusals',
        'kept-responses',
        'output-limit',
        'socket-chain',
      ),
      'test/faults/fault-matrix.test.ts',
    ],
  },
  {
    name: 'keys',
    quick: ['test/unit/keys/', 'test/unit/dashboard/'],
    thorough: [...integration('key-limits', 'limits-under-load', 'portable', 'api-repeats', 'output-limit')],
  },
  {
    name: 'accounts',
    quick: ['test/unit/accounts/', 'test/unit/sign-in/', 'test/unit/upstreams/'],
    thorough: [...integration('account-', 'login-', 'quota-truth', 'sign-in', 'refresh-kill', 'doctor')],
  },
  {
    name: 'ledger',
    quick: ['test/unit/ledger/', 'test/unit/dashboard/'],
    thorough: [...integration('ledger-', 'bodies', 'portable', 'telemetry', 'live-events', 'status')],
  },
];
