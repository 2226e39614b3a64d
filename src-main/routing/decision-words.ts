import type { Decision, PartName, Verdict } from '../../src-shared/domain/decision.ts';
import { windowName } from '../../src-shared/domain/window.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import { formatDuration } from '../../src-shared/format/duration.ts';
import { formatMoment } from '../../src-shared/format/moment.ts';
import { formatMoney } from '../../src-shared/format/money.ts';
import { formatPercent } from '../../src-shared/format/percent.ts';
import { formatTokens } from '../../src-shared/format/tokens.ts';

type Gate = NonNullable<Verdict['gate']>;
type Facts = NonNullable<Verdict['facts']>;

/** Why an account could not serve, as a sentence. */
export function gateWords({ code, until, note }: Gate, { at, model }: Pick<Decision, 'at' | 'model'>): string {
  const when = until === null ? '' : ` until ${formatClockTime(until, at)}`;
  switch (code) {
    case 'left-out':
      return 'Left out of this question by you.';
    case 'disabled':
      return 'Switched off by you.';
    case 'paused':
      return `Paused by you${when}.`;
    case 'needs-sign-in':
    case 'keyring-locked':
      return note ?? 'It needs a person.';
    case 'not-allowed':
      return 'The key of this call may not use it.';
    case 'lacks-model':
      return until === null ? `It does not offer ${model}.` : `It refused ${model} and is not asked for it${when}.`;
    case 'foreign-state':
      return 'The request holds state that only another account can read.';
    case 'resting':
      return `Resting${when}${note === null ? '.' : `: ${note}`}`;
    case 'breaker-open':
      return `Its calls keep failing; it is left alone${when}.`;
    case 'overflow':
      return (
        overflowWords[note ?? ''] ??
        'A metered key stands in for subscriptions only where the key of the call allows it.'
      );
    case 'at-capacity':
      return 'As many calls run on it as you allow at once.';
    case 'pinned-elsewhere':
      return `You pinned another account${when}.`;
    case 'tried':
      return 'This call has tried it already.';
  }
}

const overflowWords: Readonly<Record<string, string>> = {
  'ceiling-reached': 'The daily ceiling for metered keys is reached.',
  busy: 'Calls that run may use up what is left of the daily ceiling for metered keys.',
  'price-unknown': 'What a metered key would cost for this model is not known.',
};

/** The fact behind one part of an account's score, without a full stop. */
export function partWords(name: PartName, value: number, facts: Facts, decision: Decision): string {
  switch (name) {
    case 'headroom':
      return quotaWords(facts.window, decision.at);
    case 'reliability':
      return facts.tried < 0.5
        ? 'no recent calls'
        : `${Math.round(facts.served)} of ${countWords(Math.round(facts.tried), 'recent call')} answered`;
    case 'speed':
      return facts.ttftMs === null ? 'speed not known yet' : `first token after ${formatDuration(facts.ttftMs)}`;
    case 'load':
      return facts.maxConcurrency === null
        ? `${countWords(facts.inFlight, 'call')} in flight`
        : `${facts.inFlight} of ${countWords(facts.maxConcurrency, 'call')} in flight`;
    case 'cache':
      return value === 0 ? 'does not hold this conversation' : `holds this conversation${cacheWords(decision)}`;
    case 'policy':
      return value === 1 ? 'burn first' : value === 0 ? 'reserve' : 'normal policy';
    case 'metered':
      return value === 1 ? 'subscription' : 'metered key';
    case 'order':
      return `place ${facts.place + 1} in your order`;
    case 'turn':
      return facts.turnsSince === null
        ? 'not chosen yet'
        : `last chosen ${countWords(facts.turnsSince + 1, 'call')} ago`;
    case 'steady':
      return value === 1 ? 'took the latest call' : 'did not take the latest call';
  }
}

function quotaWords(window: Facts['window'], now: number): string {
  if (window === null) return 'quota not known yet';
  const resets = window.resetsAt === null ? '' : `, resets ${formatMoment(window.resetsAt, now)}`;
  return `${windowName(window.lengthMs)} ${formatPercent(window.left)} left${resets}${window.stale ? ', read long ago' : ''}`;
}

/** ", 84k cached tokens worth $0.15", as far as it is known. */
export function cacheWords({ conversation }: Decision): string {
  const { cachedTokens = null, savedMicroUsd = null } = conversation ?? {};
  if (cachedTokens === null || cachedTokens === 0) return '';
  const worth = savedMicroUsd === null ? '' : ` worth ${formatMoney(savedMicroUsd)}`;
  return `, ${formatTokens(cachedTokens)} cached tokens${worth}`;
}

const countWords = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
