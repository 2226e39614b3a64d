export interface DefectRoom {
  readonly name: string;
  /**
   * The room in the running program: asked when no test that imports the changed file noticed. By how the names in test/ begin, the most
   * telling first.
   */
  readonly thorough: readonly string[];
}

const integration = (...names: readonly string[]): string[] => names.map((name) => `integration/${name}`);
const faults = (...names: readonly string[]): string[] => names.map((name) => `faults/${name}`);

/** The rooms in which a defect costs a person most, and the tests that are there to notice one. */
export const defectRooms: readonly DefectRoom[] = [
  {
    name: 'routing',
    thorough: [
      ...integration(
        'decisions',
        'affinity',
        'failover',
        'routing-questions',
        'splice',
        'quota-truth',
        'refused-calls',
      ),
      ...faults('cooldown', 'breaker', 'hold', 'overflow', 'limits', 'upstream', 'fault-matrix', 'retry-load'),
      ...integration('account-health'),
    ],
  },
  {
    name: 'protocol',
    thorough: [
      ...integration(
        'streams',
        'failover',
        'gateway-refusals',
        'kept-responses',
        'output-limit',
        'socket-chain',
        'splice',
      ),
      ...integration('ollama-bridge'),
      ...faults('contract', 'client', 'upstream', 'fault-matrix'),
    ],
  },
  {
    name: 'keys',
    thorough: [
      ...integration('key-limits', 'output-limit', 'portable', 'api-repeats', 'limits-under-load'),
      ...faults('limits', 'overflow'),
    ],
  },
  {
    name: 'accounts',
    thorough: [
      ...integration('account-', 'quota-truth', 'sign-in', 'login-', 'refresh-kill', 'doctor'),
      ...faults('accounts', 'login-renewal', 'limits'),
    ],
  },
  {
    name: 'ledger',
    thorough: [
      ...integration('ledger-', 'bodies', 'portable', 'telemetry', 'live-events', 'status', 'decisions'),
      ...faults('storage', 'process.'),
    ],
  },
];
