import type { Price } from '../../../src-shared/catalog/prices.ts';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { formatCount, formatMoney, formatShare, unknown } from '../../format/figures.ts';
import { costWords } from './cost-words.ts';
import { visibleText } from './visible-text.ts';

/** Tokens by kind, and what they cost. What the upstream did not say is a dash, never a zero. */
export function TokenTable({ call, prices }: { call: CallRecord; prices: readonly Price[] }) {
  const how = costWords(call, prices);
  const { inputTokens, cachedTokens } = call;
  const hit = inputTokens !== null && inputTokens > 0 && cachedTokens !== null ? cachedTokens / inputTokens : null;
  const estimated = call.usageEstimated ? 'partly estimated' : null;
  return (
    <>
      <table className="w-full">
        <tbody>
          <Row name="Input" note={estimated} figure={formatCount(inputTokens)} />
          <Row
            name="of it cached"
            part
            note={hit === null ? null : formatShare(hit)}
            figure={formatCount(cachedTokens)}
          />
          <Row name="of it cache writes" part figure={formatCount(call.cacheWriteTokens)} />
          <Row name="Output" note={estimated} figure={formatCount(call.outputTokens)} />
          <Row name="of it reasoning" part figure={formatCount(call.reasoningTokens)} />
          <Row name="At API prices" note={priceNote(call)} figure={formatMoney(call.costMicroUsd)} rule />
          <Row name="Really paid" note={paidNote(call)} figure={formatMoney(call.spentMicroUsd)} />
        </tbody>
      </table>
      {how !== null && <p className="mt-1.5 text-sm break-words text-muted">{how}</p>}
    </>
  );
}

function priceNote(call: CallRecord): string | null {
  if (call.costMicroUsd !== null) return `price of ${visibleText(call.modelRan ?? call.modelAsked)}`;
  if (call.status === 'inflight') return null;
  return call.inputTokens === null || call.outputTokens === null ? 'tokens not known' : 'price not known';
}

function paidNote(call: CallRecord): string | null {
  if (call.spentMicroUsd === 0) return call.accountId === null ? 'nothing was run' : 'part of the subscription';
  return call.spentMicroUsd === null && call.status !== 'inflight' ? 'not known' : null;
}

function Row(row: { name: string; figure: string; note?: string | null; part?: boolean; rule?: boolean }) {
  const edge = row.rule ? 'border-t border-line pt-1.5' : '';
  return (
    <tr>
      <th scope="row" className={`py-0.5 text-left font-normal ${edge} ${row.part ? 'pl-4 text-muted' : ''}`}>
        {row.name}
      </th>
      <td className={`px-2 py-0.5 text-right text-sm whitespace-nowrap text-muted ${edge}`}>{row.note}</td>
      <td className={`w-20 py-0.5 text-right ${edge} ${row.figure === unknown ? 'text-faint' : ''}`}>{row.figure}</td>
    </tr>
  );
}
