import '../../src-renderer/styles/app.css';
import { describe, expect, it } from 'vitest';
import { render } from 'vitest-browser-react';
import { CallBreakdown } from '../../src-renderer/features/calls/call-breakdown.tsx';
import { visibleText } from '../../src-renderer/features/calls/visible-text.ts';
import type { CallDetail } from '../../src-shared/contract/call.ts';
import { decision, call as record } from '../unit/dashboard/samples.ts';

const call: CallDetail = { ...record, decisions: [decision] };

const rowsOf = (container: Element): string[] =>
  [...container.querySelectorAll('section[aria-label^=Tokens] tr')].map((row) =>
    [...row.children].map((cell) => cell.textContent).join(' | '),
  );

describe('the breakdown of a call', () => {
  it('says what happened in one sentence', async () => {
    const [served] = call.attempts;
    const failed =
      served === undefined ? [] : [{ ...served, outcome: 'failed' as const, accountLabel: 'team' }, served];
    const screen = await render(<CallBreakdown call={{ ...call, attempts: failed }} />);
    await expect.element(screen.getByText('Answered by personal in 2.30 s after team failed.')).toBeVisible();
    expect(screen.container.querySelectorAll('section[aria-label=Attempts] li')).toHaveLength(2);
  });

  it('says who began an answer that broke off, and that its tokens are partly estimated', async () => {
    const [served] = call.attempts;
    const attempts =
      served === undefined ? [] : [{ ...served, outcome: 'continued' as const, accountLabel: 'team' }, served];
    const changes = { attempts, spliced: 1, usageEstimated: true };
    const screen = await render(<CallBreakdown call={{ ...call, ...changes }} />);
    const sentence = 'Begun by team, whose answer broke off, and finished by personal in 2.30 s.';
    await expect.element(screen.getByText(sentence)).toBeVisible();
    expect(rowsOf(screen.container).filter((row) => row.includes('estimated'))).toEqual([
      'Input | partly estimated | 1,200',
      'Output | partly estimated | 80',
    ]);
  });

  it('gives tokens by kind, and cost with how it came about', async () => {
    const { container } = await render(<CallBreakdown call={call} />);
    expect(rowsOf(container)).toEqual([
      'Input |  | 1,200',
      'of it cached | 83 % | 1,000',
      'of it cache writes |  | —',
      'Output |  | 80',
      'of it reasoning |  | 20',
      'At API prices | price of gpt-6.1-sol | $0.0015',
      'Really paid | part of the subscription | $0.00',
    ]);
  });

  it('shows the unknown as unknown', async () => {
    const unknown = { inputTokens: null, cachedTokens: null, outputTokens: null, reasoningTokens: null };
    const { container } = await render(
      <CallBreakdown call={{ ...call, ...unknown, costMicroUsd: null, spentMicroUsd: null }} />,
    );
    expect(rowsOf(container)).toEqual([
      'Input |  | —',
      'of it cached |  | —',
      'of it cache writes |  | —',
      'Output |  | —',
      'of it reasoning |  | —',
      'At API prices | tokens not known | —',
      'Really paid | not known | —',
    ]);
  });

  it('places all of its time on one scale: before, each attempt, the wait between, the first output and the end', async () => {
    const [served] = call.attempts;
    const attempts =
      served === undefined
        ? []
        : [
            {
              ...served,
              startedAt: call.startedAt + 100,
              outcome: 'failed' as const,
              firstByteMs: null,
              durationMs: 400,
            },
            { ...served, startedAt: call.startedAt + 1_000, firstByteMs: 250, durationMs: 900 },
          ];
    const changes = { durationMs: 2_000, ttftMs: 1_300, attempts, overheadMs: 13 };
    const { container } = await render(<CallBreakdown call={{ ...call, ...changes }} />);
    const rows = [...container.querySelectorAll('section[aria-label=Attempts] li')].map((row) => [
      row.querySelector('.truncate')?.textContent,
      ...[...row.querySelectorAll<HTMLElement>('[aria-hidden] > *')].map(({ style }) => `${style.left} ${style.width}`),
    ]);
    expect(rows).toEqual([
      ['Queue and plan', '0% 5%', '65% '],
      ['1. personalfailed · 200', '5% 20%', '25% 0%', '65% '],
      ['Backoff', '25% 25%', '65% '],
      ['2. personalserved · 200', '50% 12.5%', '62.5% 32.5%', '65% '],
      ['Settling', '95% 5%', '65% '],
    ]);
    expect([...container.querySelectorAll('section[aria-label=Attempts] dd')].map((one) => one.textContent)).toEqual([
      '1.30 s',
      'not held',
      '13 ms (1 % of it)',
    ]);
  });

  it('says how the cost came about, or that the prices of that time are not today’s', async () => {
    const prices = [
      {
        ...{ model: 'gpt-6.1-sol', input: 2, cachedInput: 0.5, cacheWrite: null, output: 10, longContext: null },
        ...{ tierFactors: { default: 1 }, source: 'A list', asOf: '2026-11-23' },
      },
    ];
    const { container, rerender } = await render(
      <CallBreakdown call={{ ...call, costMicroUsd: 1_700 }} prices={prices} />,
    );
    const how = () => container.querySelector('section[aria-label^=Tokens] p')?.textContent;
    expect(how()).toBe(
      '200 input × $2 + 1,000 cached × $0.5 + 80 output × $10, per million tokens. A list, 2026-11-23.',
    );
    await rerender(<CallBreakdown call={{ ...call, costMicroUsd: 1_500 }} prices={prices} />);
    expect(how()).toBe('Counted with the prices of that time, which are not today’s.');
  });
});

describe('hostile text (FAULTS B-05, B-06)', () => {
  const payloads = [
    '<script>document.title="owned"</script>',
    '<img src=x onerror=\'document.title="owned"\'>',
    'javascript:document.title="owned"',
    '![x](https://evil.test/pixel.png)',
    '<svg onload=\'document.title="owned"\'></svg>',
    '\u202e\u0000\u001b[31mred\r\n',
  ];

  it.each(payloads)('is text in every field: %j', async (payload) => {
    const title = document.title;
    const [served] = call.attempts;
    const hostile: CallDetail = {
      ...call,
      status: 'error',
      ...{ id: payload, errorCode: payload, reason: payload, keyId: payload, keyName: payload, project: payload },
      ...{ member: payload, client: payload, userAgent: payload, modelAsked: payload, modelRan: payload },
      ...{ effort: payload, serviceTier: payload, accountId: payload, accountLabel: payload, responseId: payload },
      conversationId: payload,
      dropped: [payload],
      attempts: served === undefined ? [] : [{ ...served, accountLabel: payload, errorCode: payload, reason: payload }],
    };
    const { container } = await render(<CallBreakdown call={hostile} />);
    expect(container.querySelectorAll('script, img, a, iframe, object, embed, [onerror], [onload]')).toHaveLength(0);
    const shown = container.textContent.split(visibleText(payload)).length - 1;
    expect(shown).toBeGreaterThanOrEqual(18);
    await new Promise((painted) => requestAnimationFrame(painted));
    expect(document.title).toBe(title);
  });
});
