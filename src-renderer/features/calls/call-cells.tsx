import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { unknown } from '../../format/figures.ts';
import { visibleText } from './visible-text.ts';

export function ModelCell({ call }: { call: CallRecord }) {
  const other = call.modelRan !== null && call.modelRan !== call.modelAsked;
  const effort = call.effort === null || call.modelAsked.endsWith(`-${call.effort}`) ? null : call.effort;
  return (
    <>
      {visibleText(call.modelAsked)}
      {other && <span className="text-muted"> → {visibleText(call.modelRan ?? '')}</span>}
      {effort !== null && <span className="text-muted"> {visibleText(effort)}</span>}
    </>
  );
}

export const modelTitle = (call: CallRecord): string =>
  visibleText(`Asked for ${call.modelAsked}${call.modelRan === null ? '' : `, ran ${call.modelRan}`}`);

/** Who answered; how often it had to be tried; or, where nobody did, why. */
export function AccountCell({ call }: { call: CallRecord }) {
  if (call.status === 'error') return <span className="text-bad">{visibleText(call.errorCode ?? 'error')}</span>;
  const moved = call.attempts.length > 1;
  const spliced = call.spliced === 1 ? 'once' : `${call.spliced} times`;
  return (
    <>
      {call.accountLabel === null ? <span className="text-faint">{unknown}</span> : visibleText(call.accountLabel)}
      {moved && (
        <span className="ml-1.5 rounded bg-warn-tint px-1 text-xs text-warn" title={`${call.attempts.length} attempts`}>
          ×{call.attempts.length}
        </span>
      )}
      {call.spliced > 0 && (
        <span
          className="ml-1.5 rounded bg-warn-tint px-1 text-xs text-warn"
          title={`Broke off and was continued ${spliced}`}
        >
          spliced
        </span>
      )}
    </>
  );
}
