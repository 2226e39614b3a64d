import fc from 'fast-check';
import type { Candidate, Choosing } from '../../../src-main/routing/candidate.ts';
import type { QuotaWindow } from '../../../src-shared/domain/window.ts';
import { account, candidate, choosing, DAY, HOUR, NOW, windows } from './candidates.ts';

const moment = fc.integer({ min: NOW - DAY, max: NOW + 7 * DAY });
const window = fc
  .record({
    usedPercent: fc.integer({ min: 0, max: 100 }),
    lengthMs: fc.constantFrom(5 * HOUR, 7 * DAY),
    resetsAt: fc.option(moment),
    readAt: fc.integer({ min: NOW - 7 * DAY, max: NOW }),
    family: fc.constantFrom('codex', 'codex-fox'),
  })
  .map((fields): QuotaWindow => ({ ...fields, source: 'headers' }));
const mostly = <T, U>(usual: T, other: fc.Arbitrary<U>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

const anyCandidate = (index: number): fc.Arbitrary<Candidate> =>
  fc
    .record({
      fields: fc.record({
        kind: mostly('chatgpt' as const, fc.constant('openai' as const)),
        enabled: mostly(true, fc.constant(false)),
        policy: mostly('normal' as const, fc.constantFrom('burn-first' as const, 'reserve' as const)),
        position: fc.integer({ min: 0, max: 5 }),
        maxConcurrency: fc.option(fc.integer({ min: 1, max: 4 })),
        inFlight: fc.integer({ min: 0, max: 6 }),
        pause: mostly(null, fc.record({ until: fc.option(moment) })),
        pinnedUntil: mostly(null, moment),
        needsSignIn: mostly(null, fc.constant('Sign in again.')),
        keyringLocked: mostly(null, fc.constant('Locked.')),
        models: mostly(null, fc.constant(new Set(['another']))),
        unsupported: mostly(
          new Map<string, number>(),
          moment.map((until) => new Map([['gpt-5.5', until]])),
        ),
        rests: mostly(
          new Map<string, { until: number; reason: string }>(),
          moment.map((until) => new Map([['codex', { until, reason: 'Limit.' }]])),
        ),
      }),
      list: fc.array(window, { maxLength: 3 }),
      recent: fc.option(
        fc
          .record({ served: fc.nat(20), more: fc.nat(20), ttftMs: fc.option(fc.nat(60_000)) })
          .map(({ served, more, ttftMs }) => ({
            served,
            tried: served + more,
            ttftMs,
          })),
      ),
      turnsSince: fc.option(fc.nat(200)),
      breakerUntil: mostly(null, moment),
    })
    .map(({ fields, list, ...rest }) => candidate(account(`a${index}`, { ...fields, ...windows(...list) }), rest));

/** Up to eight accounts, most of them well. */
export const anyPool = fc
  .integer({ min: 0, max: 8 })
  .chain((size) => fc.tuple(...Array.from({ length: size }, (_, index) => anyCandidate(index))));

export const anyCall: fc.Arbitrary<Choosing> = fc
  .record({
    owner: fc.option(
      fc.record({ accountId: fc.constantFrom('a0', 'a1', 'gone'), cachedTokens: fc.option(fc.nat(400_000)) }),
    ),
    boundTo: mostly(null, fc.constant('a1')),
    tried: fc.subarray(['a0', 'a1', 'a2']).map((ids): ReadonlySet<string> => new Set(ids)),
    without: mostly<ReadonlySet<string>, ReadonlySet<string>>(new Set(), fc.constant(new Set(['a2']))),
    allowedAccounts: mostly(null, fc.constant(['a0', 'a1', 'a3'])),
    overflow: fc.constantFrom('allowed' as const, 'no-consent' as const, 'ceiling-reached' as const),
    uncachedNanoUsd: fc.option(fc.nat(10_000)),
    families: fc.constantFrom(['codex'], ['codex', 'codex-fox']),
  })
  .map((fields) => choosing(fields));
