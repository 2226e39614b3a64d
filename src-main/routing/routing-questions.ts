import type { DecisionView } from '../../src-shared/contract/decision.ts';
import type { KeyView } from '../../src-shared/contract/key.ts';
import type { ReplayReport, RoutingPreview, RoutingReplay, RoutingView } from '../../src-shared/contract/routing.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Affinity } from './affinity.ts';
import type { Chooser } from './chooser.ts';
import { viewDecision } from './decision-view.ts';
import type { RoutedAccount } from './ports.ts';
import type { Replay } from './replay.ts';
import type { Safeguards } from './safeguards.ts';
import type { RoutingStats } from './stats.ts';
import { type Scoring, scoringOf } from './strategies.ts';

export interface RoutingQuestionPorts {
  readonly accounts: { list(): readonly RoutedAccount[] };
  readonly keys: { list(): readonly KeyView[] };
  readonly chooser: Chooser;
  readonly affinity: Affinity;
  readonly stats: RoutingStats;
  readonly safeguards: Pick<Safeguards, 'breakers' | 'network' | 'overflow' | 'costBounds'>;
  readonly settings: () => Settings;
  readonly replay: Replay;
  /** The model that is meant by a name, or by none. */
  readonly modelOf: (asked: string | undefined) => Promise<string>;
  readonly clock: Clock;
}

/** What people ask about routing; nothing is sent and nothing is counted. Accounts and keys that do not exist reject with `not_found`. */
export interface RoutingQuestions {
  view(): RoutingView;
  preview(question: RoutingPreview): Promise<DecisionView>;
  runReplay(question: RoutingReplay): Promise<ReplayReport>;
}

const DAY_MS = 86_400_000;
/** The median of what Codex sends; a preview knows of no real request. */
const USUAL_BYTES = 500_000;

export function createRoutingQuestions(ports: RoutingQuestionPorts): RoutingQuestions {
  const { accounts, keys, chooser, affinity, stats, safeguards, settings, replay, modelOf, clock } = ports;

  const { breakers, network, overflow, costBounds } = safeguards;

  const accountNamed = (name: string): RoutedAccount => {
    const list = accounts.list();
    const account = list.find(({ id }) => id === name) ?? list.find(({ label }) => label === name);
    if (account !== undefined) return account;
    throw new RelayError('not_found', { message: `There is no account ${JSON.stringify(name)}.`, param: 'without' });
  };
  const keyNamed = (name: string): KeyView => {
    const list = keys.list();
    const key = list.find(({ id }) => id === name) ?? list.find((each) => each.name === name);
    if (key !== undefined) return key;
    throw new RelayError('not_found', { message: `There is no key ${JSON.stringify(name)}.`, param: 'key' });
  };
  const scoringFor = ({ strategy, weights }: RoutingReplay): Scoring => {
    const current = settings();
    return scoringOf({
      'routing.strategy': strategy ?? current['routing.strategy'],
      'routing.weights': weights ?? current['routing.weights'],
    });
  };

  return {
    view() {
      const { strategy, weights } = scoringOf(settings());
      const labels = new Map(accounts.list().map(({ id, label }) => [id, label]));
      return {
        strategy,
        weights: { ...weights },
        stats: stats.all().flatMap(({ accountId, model, recent: { served, tried, ttftMs } }) => {
          const accountLabel = labels.get(accountId);
          return accountLabel === undefined ? [] : [{ accountId, accountLabel, model, served, tried, ttftMs }];
        }),
        conversations: affinity.count(),
        breakers: accounts.list().flatMap(({ id, label }) =>
          breakers.troubled(id).flatMap(({ model, state, openUntil }) => {
            const until = Math.ceil(clock.now() + openUntil - clock.monotonic());
            return state === 'closed' ? [] : [{ accountId: id, accountLabel: label, model, state, until }];
          }),
        ),
        offline: network.offline(),
        overflow: {
          spentMicroUsd: overflow.spentTodayMicroUsd(),
          ceilingMicroUsd: settings()['overflow.dailyMicroUsd'],
        },
      };
    },
    async preview(question) {
      const { conversation, without = [] } = question;
      const key = question.key === undefined ? null : keyNamed(question.key);
      const model = await modelOf(question.model);
      const tie = conversation === undefined ? null : affinity.tie(conversation);
      const cost = costBounds({ model, serviceTier: null, requestBytes: USUAL_BYTES, maxOutputTokens: null });
      const { decision } = chooser.choose({
        model,
        allowedAccounts: key === null ? null : key.accounts,
        tried: new Set(),
        owner: tie,
        boundTo: tie?.compacted ? tie.accountId : null,
        overflow: key === null || key.overflow ? overflow.ask(cost) : 'no-consent',
        without: new Set(without.map((name) => accountNamed(name).id)),
        scoring: scoringFor(question),
      });
      return viewDecision(decision);
    },
    runReplay: (question) =>
      replay.run({
        since: question.since ?? clock.now() - DAY_MS,
        scoring: scoringFor(question),
        current: scoringOf(settings()),
        without: (question.without ?? []).map((name) => {
          const { id, label } = accountNamed(name);
          return { accountId: id, accountLabel: label };
        }),
      }),
  };
}
