import { type Command, InvalidArgumentError, Option } from 'commander';
import { type AccountPatch, type AccountView, accountPatchSchema } from '../../src-shared/contract/account.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import { accountIdOf } from './account-id.ts';
import { withRelay } from './open-relay.ts';
import { Refused } from './refused.ts';
import type { AccountAccess } from './relay-access.ts';
import { readSpan } from './span.ts';
import type { Terminal } from './terminal.ts';

interface Printing {
  readonly json?: true;
}

/** The parser takes no `null` for an answer. */
type OrNone<T> = T | 'none';
const orNull = <T>(given: OrNone<T>): T | null => (given === 'none' ? null : given);

interface SetOptions extends Pick<AccountPatch, 'label' | 'policy'> {
  readonly maxConcurrency?: OrNone<number>;
  readonly color?: OrNone<string>;
}

const HOUR_MS = 3_600_000;

/** What a person decides about an account. Every `<id>` may be a label. */
export function accountControlCommands(accounts: Command, terminal: Terminal): void {
  /** A command on one account that answers it as it is then; `said` is the sentence without `--json`. */
  const one = <Options extends Printing>(
    name: string,
    description: string,
    work: (control: AccountAccess, id: string, options: Omit<Options, 'json'>) => AccountView | Promise<AccountView>,
    said: (account: AccountView) => string,
    check: (options: Omit<Options, 'json'>) => void = () => undefined,
  ): Command =>
    accounts
      .command(`${name} <id>`)
      .description(description)
      .option('--json', 'print the account as JSON')
      .action(async (given: string, { json, ...options }: Options) => {
        check(options);
        const account = await withRelay(terminal, async (relay) =>
          work(relay.accounts, await accountIdOf(relay, given), options),
        );
        terminal.print(json ? JSON.stringify(account) : `${said(account)}.`);
      });
  const named = (done: string) => (account: AccountView) => `${done} ${account.label} (${account.id})`;
  const until = (at: number | null | undefined): string =>
    at == null ? '' : ` until ${formatClockTime(at, terminal.now())}`;

  one('enable', 'let calls go to an account again', (control, id) => control.setEnabled(id, true), named('Enabled'));
  one(
    'disable',
    'send no call to an account; calls that run on it end normally',
    (control, id) => control.setEnabled(id, false),
    named('Disabled'),
  );
  one<Printing & { for?: number; untilReset?: true }>(
    'pause',
    'send no call to an account for a while',
    (control, id, { for: forMs, untilReset }) => {
      if (untilReset) return control.pause(id, { untilReset });
      return control.pause(id, forMs === undefined ? {} : { forMs });
    },
    (account) => `${named('Paused')(account)}${until(account.pause?.until)}`,
    ({ for: forMs, untilReset }) => {
      if (forMs !== undefined && untilReset) throw new Refused('Give --for or --until-reset, not both.', 2);
    },
  )
    .option('--for <time>', 'how long, such as 30m, 1h, 2d; without it until it is resumed', readSpan)
    .option('--until-reset', "until the account's next reset");
  one('resume', 'end the pause of an account', (control, id) => control.resume(id), named('Resumed'));
  one<Printing & { for: number }>(
    'pin',
    'send all calls to an account that it can serve',
    (control, id, { for: forMs }) => control.pin(id, forMs),
    (account) => `${named('Pinned')(account)}${until(account.pinnedUntil)}`,
  ).addOption(new Option('--for <time>', 'how long').argParser(readSpan).default(HOUR_MS, '1h'));
  one('unpin', 'end the pin of an account', (control, id) => control.unpin(id), named('Unpinned'));
  one(
    'rest',
    'let an account rest until its next reset, as if its limit were reached',
    (control, id) => control.restUntilReset(id),
    (account) => `${named('Resting:')(account)}${until(account.health.until)}`,
  );
  one(
    'wake',
    'end the rests of an account and try it again now',
    (control, id) => control.wake(id),
    named('Tried again:'),
  );
  one<Printing & SetOptions>(
    'set',
    "change an account's label, policy, calls at once or colour",
    (control, id, { maxConcurrency, color, ...patch }) =>
      control.edit(id, {
        ...patch,
        ...(maxConcurrency === undefined ? {} : { maxConcurrency: orNull(maxConcurrency) }),
        ...(color === undefined ? {} : { color: orNull(color) }),
      }),
    named('Changed'),
    (patch) => {
      if (Object.keys(patch).length === 0) throw new Refused('Say what to set: relay accounts set --help', 2);
    },
  )
    .option('--label <label>', 'your own name for it')
    .addOption(
      new Option('--policy <policy>', 'when it is used').choices(accountPatchSchema.shape.policy.unwrap().options),
    )
    .option('--max-concurrency <n>', "calls at once, or 'none'", readMost)
    .option('--color <#rrggbb>', "its colour in the dashboard, or 'none'", readColor);

  accounts
    .command('order <ids...>')
    .description('put accounts into this order; those that are not named follow')
    .option('--json', 'print all accounts as JSON')
    .action(async (given: string[], { json }: Printing) => {
      const views = await withRelay(terminal, async (relay) => {
        const ids: string[] = [];
        for (const each of given) ids.push(await accountIdOf(relay, each));
        return relay.accounts.order(ids);
      });
      terminal.print(
        json ? JSON.stringify({ accounts: views }) : `The order is now: ${views.map(({ label }) => label).join(', ')}.`,
      );
    });

  accounts
    .command('remove <id>')
    .description('forget an account and its secret; calls that run on it end normally')
    .option('--json', 'print {"id"}')
    .action(async (given: string, { json }: Printing) => {
      const id = await withRelay(terminal, async (relay) => {
        const found = await accountIdOf(relay, given);
        await relay.accounts.remove(found);
        return found;
      });
      terminal.print(json ? JSON.stringify({ id }) : `Removed ${given}.`);
    });
}

function readMost(text: string): OrNone<number> {
  if (text === 'none') return text;
  const most = accountPatchSchema.shape.maxConcurrency.safeParse(Number(text));
  if (!/^\d+$/.test(text) || !most.success) throw new InvalidArgumentError("Give a number from 1 to 1000, or 'none'.");
  return Number(text);
}

function readColor(text: string): OrNone<string> {
  if (text === 'none') return text;
  if (!accountPatchSchema.shape.color.safeParse(text).success) {
    throw new InvalidArgumentError("Give a colour such as #3366ff, or 'none'.");
  }
  return text;
}
