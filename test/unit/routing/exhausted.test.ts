import { expect, test } from 'vitest';
import type { Candidate, Choosing } from '../../../src-main/routing/candidate.ts';
import { decide } from '../../../src-main/routing/decide.ts';
import { exhausted, overspent } from '../../../src-main/routing/exhausted.ts';
import { pathFailure } from '../../../src-main/routing/failure.ts';
import { newProgress } from '../../../src-main/routing/progress.ts';
import type { Survey } from '../../../src-main/routing/survey.ts';
import { settingsSchema } from '../../../src-shared/contract/settings.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { account, by, candidate, choosing, HOUR, NOW, quota, seeded, windows } from './candidates.ts';

function seen(candidates: readonly Candidate[], fields: Partial<Choosing> = {}): Survey {
  const call = choosing(fields);
  return {
    candidates,
    choosing: call,
    decision: decide(candidates, call, by('single'), NOW, seeded(1)),
    now: NOW,
    progress: newProgress(settingsSchema.parse({}), null, 0, null),
    ports: { breakers: { lastResortWaitMs: () => 400 }, overflow: { renewsAt: () => NOW + HOUR } },
  } as unknown as Survey;
}

const resting = (id: string, resetsAt = NOW + HOUR) =>
  candidate(
    account(id, {
      rests: new Map([['codex', { until: resetsAt, reason: 'The limit.' }]]),
      ...windows(quota(100, resetsAt - NOW)),
    }),
  );
const off = (id: string) => candidate(account(id, { enabled: false }));
const behindBreaker = (id: string) => candidate(account(id), { breakerUntil: NOW + 5_000 });

test.each<[string, Candidate[]]>([
  ['The only account is resting; work is back at 13:00 (5-hour window).', [resting('a')]],
  ['All 2 accounts are resting; work is back at 13:00 (5-hour window).', [resting('a', NOW + 2 * HOUR), resting('b')]],
  ['The only account that can serve this is resting; work is back at 13:00 (5-hour window).', [resting('a'), off('b')]],
  [
    'All 2 accounts that can serve this are resting; work is back at 13:00 (5-hour window).',
    [resting('a'), resting('b'), off('c')],
  ],
])('%s', (message, candidates) => {
  expect(exhausted(seen(candidates))).toMatchObject({
    code: 'usage_limit_reached',
    message,
    resetsAt: NOW + HOUR,
    retryAfterMs: HOUR,
  });
});

test.each<[string, string, Survey]>([
  [
    'upstream_unavailable',
    'an account behind its breaker comes before one that rests',
    seen([behindBreaker('a'), resting('b')]),
  ],
  [
    'upstream_unavailable',
    'every account that can serve it runs as many calls as it may',
    seen([candidate(account('a', { maxConcurrency: 1, inFlight: 1 })), off('b')]),
  ],
  [
    'model_not_found',
    'no account that may be used has the model',
    seen([candidate(account('a', { models: new Set() }))]),
  ],
  [
    'no_available_accounts',
    'one has the model and is switched off, and another lacks it',
    seen([candidate(account('a', { models: new Set() })), off('b')]),
  ],
  ['no_available_accounts', 'there is no account', seen([])],
  [
    'insufficient_quota',
    'only a metered key is left and the ceiling is reached',
    seen([candidate(account('a', { kind: 'openai' })), candidate(account('b', { needsSignIn: 'It was refused.' }))], {
      overflow: 'ceiling-reached',
    }),
  ],
])('%s where %s', (code, _why, survey) => {
  expect(exhausted(survey).code).toBe(code);
});

test('of many accounts that need a person three are told with their reasons and what helps, the rest counted', () => {
  const hidden = candidate(account('x'));
  const survey = seen([off('a'), off('b'), off('c'), off('d'), hidden], { allowedAccounts: ['a', 'b', 'c', 'd'] });
  const { message } = exhausted(survey);
  expect(message).toMatch(
    /^No account can serve this call\. a: .+ b: .+ c: .+ And 1 more\. What helps: relay accounts enable ID\.$/,
  );
  expect(message).not.toContain('x:');
});

test('an empty retry budget says so with a wait, but a network that is lost explains itself', () => {
  const error = new RelayError('upstream_connection_error');
  const cut = overspent(pathFailure(error, 'cut'), 200);
  expect(overspent(pathFailure(error, 'unreachable'), 200)).toBe(error);
  expect(cut).toMatchObject({ code: 'upstream_unavailable', retryAfterMs: 1_000, cause: error });
});
