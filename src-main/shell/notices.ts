import { z } from 'zod';
import type { AccountView } from '../../src-shared/contract/account.ts';
import type { BudgetView } from '../../src-shared/contract/budget.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { canServe } from '../../src-shared/domain/account-health.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import { formatMoney } from '../../src-shared/format/money.ts';
import { formatPercent } from '../../src-shared/format/percent.ts';
import { formatTokens } from '../../src-shared/format/tokens.ts';

export type NoticeKind = 'signIn' | 'poolResting' | 'backAgain' | 'budgetMarks';

export interface Notice {
  readonly kind: NoticeKind;
  readonly title: string;
  readonly body: string;
  /** The page that a click opens. */
  readonly path: string;
}

/** What the person knows already. It outlives a restart, so that nothing is told twice. */
export const noticeMemorySchema = z.object({
  /** Accounts that need a sign-in, by id. */
  signIn: z.array(z.string()),
  poolResting: z.boolean(),
  /** The highest mark of each budget, in this period and under this limit. */
  marks: z.record(z.string(), z.object({ beganAt: z.number(), limit: z.number(), mark: z.number() })),
});
export type NoticeMemory = z.infer<typeof noticeMemorySchema>;
export const nothingTold: NoticeMemory = { signIn: [], poolResting: false, marks: {} };

export interface NoticeFacts {
  readonly accounts: readonly Pick<AccountView, 'id' | 'label' | 'enabled' | 'pause' | 'health'>[];
  readonly budgets: readonly Pick<
    BudgetView,
    'id' | 'scope' | 'subject' | 'unit' | 'limit' | 'marks' | 'used' | 'periodBeganAt'
  >[];
  /** Relay as a whole is paused: then nobody waits for its accounts. */
  readonly paused: boolean;
  readonly now: number;
}

interface Told {
  readonly memory: NoticeMemory;
  readonly notices: readonly Notice[];
}

/**
 * What to tell the person, who knows what is in `memory`. Pure; the same facts twice tell nothing the second time. A kind that is
 * switched off counts as told, so that switching it on again brings up nothing old.
 */
export function nextNotices(memory: NoticeMemory, facts: NoticeFacts, settings: Settings): Told {
  const [signIn, signIns] = tellSignIns(memory, facts);
  const [poolResting, pool] = tellPool(memory, facts);
  const [marks, reached] = tellMarks(memory, facts);
  const notices = [...signIns, ...pool, ...reached].filter(({ kind }) => settings[`notifications.${kind}`]);
  return { memory: { signIn, poolResting, marks }, notices };
}

function tellSignIns({ signIn }: NoticeMemory, { accounts }: NoticeFacts): [string[], Notice[]] {
  const known = new Set(signIn);
  const waiting: string[] = [];
  const notices: Notice[] = [];
  for (const { id, label, health } of accounts) {
    // One that is switched off or paused is not asked for, and may need the same sign-in as before when it is back.
    const isHidden = health.state === 'disabled' || health.state === 'paused';
    if (health.state === 'needs-sign-in' || (isHidden && known.has(id))) waiting.push(id);
    if (health.state !== 'needs-sign-in' || known.has(id)) continue;
    notices.push({ kind: 'signIn', title: `Sign in again: ${label}`, body: health.reason, path: '/accounts' });
  }
  return [waiting, notices];
}

function tellPool({ poolResting }: NoticeMemory, { accounts, paused, now }: NoticeFacts): [boolean, Notice[]] {
  const used = accounts.filter(({ enabled, pause }) => enabled && pause === null);
  if (paused || used.length === 0) return [poolResting, []];
  const ready = used.filter(({ health }) => canServe(health.state));
  if (ready.length > 0) {
    const body = `${ready.map(({ label }) => label).join(', ')} can serve calls.`;
    return [false, poolResting ? [{ kind: 'backAgain', title: 'Back again', body, path: '/accounts' }] : []];
  }
  const resting = used.filter(({ health }) => health.state === 'resting');
  if (poolResting || resting.length === 0) return [poolResting, []];
  const back = resting.flatMap(({ health }) => (health.until === null ? [] : [health.until]));
  const first =
    back.length === 0
      ? 'When the first is back is not known.'
      : `The first is back at ${formatClockTime(Math.min(...back), now)}.`;
  return [true, [{ kind: 'poolResting', title: 'All accounts are resting', body: first, path: '/accounts' }]];
}

function tellMarks({ marks }: NoticeMemory, { budgets }: NoticeFacts): [NoticeMemory['marks'], Notice[]] {
  const notices: Notice[] = [];
  const now = budgets.map((budget) => {
    const { id, limit, used, periodBeganAt: beganAt } = budget;
    const mark = Math.max(0, ...[...budget.marks, 1].filter((each) => used >= each * limit));
    const before = marks[id];
    // A budget that is new here, or has another limit since, has been looked at by a person just now.
    const isSettled = before === undefined || before.limit !== limit;
    const known = isSettled ? mark : before.beganAt === beganAt ? before.mark : 0;
    if (mark > known) notices.push(markNotice(budget, mark));
    return [id, { beganAt, limit, mark: Math.max(mark, known) }] as const;
  });
  return [Object.fromEntries(now), notices];
}

function markNotice({ scope, subject, unit, limit, used }: NoticeFacts['budgets'][number], mark: number): Notice {
  const amount = (value: number): string => (unit === 'tokens' ? `${formatTokens(value)} tokens` : formatMoney(value));
  const whose = scope === 'key' ? 'a key' : `the ${scope} ${subject}`;
  return {
    kind: 'budgetMarks',
    title: mark >= 1 ? 'A budget is spent' : `A budget is at ${formatPercent(mark)}`,
    body: `The budget of ${whose} has used ${amount(used)} of ${amount(limit)}.`,
    path: '/keys',
  };
}
