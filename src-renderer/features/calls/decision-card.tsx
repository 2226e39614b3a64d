import type { DecisionCandidate, DecisionView } from '../../../src-shared/contract/decision.ts';
import { bestFirst, partsOf } from '../../../src-shared/domain/candidates.ts';
import { type PartName, partNames } from '../../../src-shared/domain/decision.ts';
import { partHeadings, sharedParts } from './decision-parts.ts';

/** One choice of an account: who was chosen and why, every candidate's parts as bars, and why each of the others lost. */
export function DecisionCard({ decision, title }: { decision: DecisionView; title: string | null }) {
  const { candidates, chosenId } = decision;
  const owner = candidates.find(({ accountId }) => accountId === decision.conversation?.ownerId);
  const shared = sharedParts(candidates);
  const shown = partsOf(candidates).filter((name) => !shared.has(name));
  return (
    <div className="grid gap-2">
      <p className="break-words">
        {title !== null && <span className="text-muted">{title} </span>}
        {decision.reason}
      </p>
      <p className="text-sm text-muted">
        Strategy {decision.strategy} for {decision.model}
        {owner !== undefined && <>; the conversation was held by {owner.accountLabel}</>}
      </p>
      <div className="-mx-2 overflow-x-auto">
        <table className="w-full min-w-max border-separate border-spacing-x-2 border-spacing-y-0">
          <caption className="sr-only">Accounts, the parts of their scores, and why each was chosen or not</caption>
          <thead>
            <tr className="text-xs text-faint">
              <th scope="col" className="text-left font-normal">
                Account
              </th>
              {shown.length === 0 && <td />}
              {shown.map((name) => (
                <th key={name} scope="col" className="text-left font-normal">
                  {partHeadings[name]}
                </th>
              ))}
              <th scope="col" className="text-right font-normal">
                Score
              </th>
            </tr>
          </thead>
          {candidates.toSorted(bestFirst).map((candidate) => (
            <Candidate key={candidate.accountId} {...{ candidate, shown }} chosen={candidate.accountId === chosenId} />
          ))}
        </table>
      </div>
      {shared.size > 0 && (
        <p className="text-sm text-muted">
          The same for all:{' '}
          {partNames
            .filter((name) => shared.has(name))
            .map((name) => partHeadings[name].toLowerCase())
            .join(', ')}
          .
        </p>
      )}
    </div>
  );
}

interface CandidateProps {
  readonly candidate: DecisionCandidate;
  readonly shown: readonly PartName[];
  readonly chosen: boolean;
}

/** Two rows that belong together: figures, and the sentence about them. */
function Candidate({ candidate, shown, chosen }: CandidateProps) {
  const { accountLabel, gate, score, parts, lost } = candidate;
  // Where no part sets them apart, one column is left for what kept an account out.
  const columns = Math.max(shown.length, 1);
  return (
    <tbody data-chosen={chosen}>
      <tr>
        <th
          scope="row"
          title={accountLabel}
          className={`max-w-32 truncate pt-1.5 text-left ${chosen ? 'font-semibold' : 'font-normal'} ${gate === null ? '' : 'text-muted'}`}
        >
          {accountLabel}
          {chosen && <span className="sr-only"> (chosen)</span>}
        </th>
        {gate === null && shown.length > 0 ? (
          shown.map((name) => {
            const part = parts.find((each) => each.name === name);
            return (
              <td key={name} className="pt-1.5" title={part?.why}>
                {part !== undefined && <Bar value={part.value} points={part.points} chosen={chosen} />}
              </td>
            );
          })
        ) : (
          <td colSpan={columns} className="pt-1.5">
            {gate !== null && <span className="rounded bg-warn-tint px-1 text-xs text-warn">{gate.code}</span>}
          </td>
        )}
        <td className={`pt-1.5 text-right ${chosen ? 'font-semibold' : ''}`}>
          {score === null ? <span className="text-faint">—</span> : score.toFixed(2)}
        </td>
      </tr>
      <tr>
        <td colSpan={columns + 2} className="border-b border-line pb-1.5 text-sm text-muted">
          <p className="w-0 min-w-full break-words">{lost ?? whys(candidate, shown)}</p>
        </td>
      </tr>
    </tbody>
  );
}

/** The facts behind the parts in which the chosen account differs from the others. */
const whys = ({ parts }: DecisionCandidate, shown: readonly PartName[]): string =>
  parts
    .filter(({ name }) => shown.includes(name))
    .map(({ why }) => why)
    .join(' · ');

/** A part's value as a bar, and the points that it gives. */
function Bar({ value, points, chosen }: { value: number; points: number; chosen: boolean }) {
  return (
    <div className="grid w-12 gap-0.5">
      <div aria-hidden className="h-1.5 overflow-hidden rounded-full bg-well">
        <div
          className={`h-full rounded-full ${chosen ? 'bg-accent-fill' : 'bg-line-strong'}`}
          style={{ width: `${(value * 100).toFixed(1)}%` }}
        />
      </div>
      <span className="text-xs text-muted">{points === 0 ? '0' : points.toFixed(points < 0.095 ? 3 : 2)}</span>
    </div>
  );
}
