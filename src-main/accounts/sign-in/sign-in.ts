import type { SignInView } from '../../../src-shared/contract/sign-in.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import type { Login } from '../login.ts';

/** What became of a login: the account, and the sentence for the person. */
export interface Enrolled {
  readonly accountId: string;
  readonly message: string;
}

export interface SignInPorts {
  readonly enrol: (login: Login) => Promise<Enrolled>;
  readonly changed: () => void;
  /** Told of what is nobody's mistake but Relay's. */
  readonly failed: (error: unknown) => void;
}

/**
 * One sign-in, from `waiting` to how it ended. `waiting` hides two more steps: `exchanging`, in which it takes no second
 * code but can still be cancelled, and `keeping`, in which it cannot.
 */
export interface SignIn {
  view(): SignInView;
  /** Whether a code would be taken now. */
  readonly takesCode: boolean;
  /** Gets the login and keeps it. Resolves when it is over; rejects with `conflict` where it takes no code any more. */
  complete(obtain: () => Promise<Login>): Promise<void>;
  /** Ends it without a login; nothing where it is over, or its login is being kept. */
  end(state: 'failed' | 'expired' | 'cancelled', message: string): void;
  /** Resolves once no login is being kept; at once where none is. */
  settled(): Promise<void>;
  /** Runs as soon as no code is waited for any more. */
  whenAnswered(run: () => void): void;
}

export function createSignIn(start: SignInView, ports: SignInPorts): SignIn {
  let view = start;
  let step: 'waiting' | 'exchanging' | 'keeping' | 'over' = 'waiting';
  const releases: (() => void)[] = [];
  let keeping: Promise<Enrolled> | null = null;

  const release = (): void => {
    for (const run of releases.splice(0)) run();
  };
  const over = (change: Pick<SignInView, 'state' | 'message'> & Partial<SignInView>): void => {
    step = 'over';
    view = { ...view, url: null, userCode: null, ...change };
    release();
    ports.changed();
  };

  return {
    view: () => view,
    get takesCode() {
      return step === 'waiting';
    },
    async complete(obtain) {
      if (step !== 'waiting') throw new RelayError('conflict', { message: answered });
      step = 'exchanging';
      release();
      try {
        const login = await obtain();
        if (isOver()) return;
        step = 'keeping';
        keeping = ports.enrol(login);
        const { accountId, message } = await keeping;
        over({ state: 'done', message, accountId });
      } catch (error) {
        if (isOver()) return;
        if (!(error instanceof RelayError)) ports.failed(error);
        over({ state: 'failed', message: error instanceof RelayError ? error.message : internal });
      }
    },
    end(state, message) {
      if (step === 'waiting' || step === 'exchanging') over({ state, message });
    },
    async settled() {
      await keeping?.catch(() => undefined);
    },
    whenAnswered(run) {
      if (step === 'waiting') releases.push(run);
      else run();
    },
  };

  /** Read anew: it may have been cancelled while something was awaited. */
  function isOver(): boolean {
    return step === 'over';
  }
}

const answered = 'This sign-in has had its answer already. Start a new one.';
const internal = 'Something went wrong inside Relay, and the login was not kept. Start the sign-in again.';
