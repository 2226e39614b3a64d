import type { Command } from 'commander';
import type { SignInMethod, SignInView } from '../../src-shared/contract/sign-in.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { chatgptTerms } from '../../src-shared/domain/terms.ts';
import { accountIdOf } from './account-id.ts';
import { withRelay } from './open-relay.ts';
import { Refused } from './refused.ts';
import type { RelayAccess } from './relay-access.ts';
import type { Terminal } from './terminal.ts';

interface LoginOptions {
  readonly device?: true;
  readonly paste?: true;
  readonly account?: string;
  readonly label?: string;
  readonly json?: true;
}

const pollMs = 500;

/** `relay login` and `relay accounts login` are the same. */
export function loginCommand(program: Command, terminal: Terminal): void {
  program
    .command('login')
    .description('sign in with ChatGPT, in a browser or with a device code')
    .option('--device', 'with a code that is typed in on another device')
    .option('--paste', 'with a browser elsewhere: paste the address that it ends at')
    .option('--account <account>', 'sign this account in again, by id or label')
    .option('--label <label>', 'your own name for a new account')
    .option('--json', 'print the sign-in as JSON when it begins and when it is over, and open no browser')
    .action(async (options: LoginOptions) => {
      if (options.device && options.paste) throw new Refused('Choose either --device or --paste.', 2);
      await withRelay(terminal, (relay) => logIn(terminal, relay, options));
    });
}

async function logIn(terminal: Terminal, relay: RelayAccess, options: LoginOptions): Promise<void> {
  const { account, label, json } = options;
  const accountId = account === undefined ? undefined : await accountIdOf(relay, account);
  if (!json) terminal.note(chatgptTerms);
  const started = await relay.signIns.start({
    method: methodOf(terminal, options),
    ...(accountId === undefined ? {} : { accountId }),
    ...(label === undefined ? {} : { label }),
  });
  const interrupted = terminal.untilAskedToEnd().then(() => 'interrupted' as const);
  if (json) terminal.print(JSON.stringify(started));
  else await showStart(terminal, started);
  const over =
    started.method === 'paste'
      ? await askForAddress(terminal, relay, started, interrupted)
      : await untilOver(terminal, relay, started, interrupted);
  if (json) terminal.print(JSON.stringify(over));
  if (over.state !== 'done') throw new Refused(over.message);
  if (!json) terminal.print(over.message);
}

function methodOf(terminal: Terminal, { device, paste, json }: LoginOptions): SignInMethod {
  if (device) return 'device';
  if (paste) return 'paste';
  if (terminal.hasDisplay) return 'browser';
  if (!json) {
    terminal.note(
      'There is no display here, so this uses a device code. With a browser elsewhere: relay login --paste',
    );
  }
  return 'device';
}

async function showStart(terminal: Terminal, { method, url, userCode, message }: SignInView): Promise<void> {
  const isOpen = method === 'browser' && url !== null && (await terminal.openInBrowser(url));
  terminal.note(isOpen ? 'Sign in on the page that has opened in your browser. It is this one:' : message);
  terminal.print(url ?? '');
  if (userCode !== null) terminal.print(`Code: ${userCode}`);
  if (method !== 'paste') terminal.note('Waiting for you to sign in. Ctrl-C cancels.');
}

async function untilOver(
  terminal: Terminal,
  relay: RelayAccess,
  { id }: SignInView,
  interrupted: Promise<'interrupted'>,
): Promise<SignInView> {
  for (;;) {
    const view = await relay.signIns.get(id);
    if (view.state !== 'waiting') return view;
    if ((await Promise.race([terminal.wait(pollMs), interrupted])) === 'interrupted') return relay.signIns.cancel(id);
  }
}

/** A slip while copying is told and asked for again, where a person answers. */
async function askForAddress(
  terminal: Terminal,
  relay: RelayAccess,
  { id }: SignInView,
  interrupted: Promise<'interrupted'>,
): Promise<SignInView> {
  for (;;) {
    const address = await Promise.race([terminal.readLine('Address: '), interrupted.then(() => null)]);
    if (address === null) return relay.signIns.cancel(id);
    try {
      return await relay.signIns.paste(id, address);
    } catch (error) {
      const isSlip = error instanceof RelayError && error.param === 'url';
      if (!isSlip || !terminal.interactive) {
        await relay.signIns.cancel(id);
        throw error;
      }
      terminal.note(error.message);
    }
  }
}
