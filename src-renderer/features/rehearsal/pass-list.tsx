import { Check, X } from 'lucide-react';
import type { RehearsalResult } from '../../../src-shared/contract/rehearsal.ts';
import { formatCount, formatDuration } from '../../format/figures.ts';

const clients: Readonly<Record<RehearsalResult['client'], string>> = {
  codex: 'Codex',
  responses: 'Responses',
  'responses stream': 'Responses, streamed',
  chat: 'Chat Completions',
  'chat stream': 'Chat Completions, streamed',
  websocket: 'WebSocket',
};

/** One table by scene and client: what went wrong, and what the client saw of it. */
export function PassList({ results }: { results: readonly RehearsalResult[] }) {
  if (results.length === 0) return null;
  return (
    <div className="@container overflow-hidden rounded-lg border border-line bg-surface">
      <table className="w-full table-fixed">
        <thead className="text-left text-sm text-muted @max-[44rem]:sr-only">
          <tr>
            <th className="w-56 py-1.5 pl-4 font-normal">Client</th>
            <th className="px-3 font-normal">What it saw</th>
            <th className="w-20 px-3 text-right font-normal">Attempts</th>
            <th className="w-20 px-3 text-right font-normal">Spliced</th>
            <th className="w-24 py-1.5 pr-4 pl-3 text-right font-normal">Duration</th>
          </tr>
        </thead>
        {[...byScene(results)].map(([scene, played]) => (
          <tbody key={scene} className="border-t border-line @max-[44rem]:block @max-[44rem]:first-of-type:border-t-0">
            <tr className="@max-[44rem]:block">
              <th
                scope="rowgroup"
                colSpan={5}
                className="bg-well px-4 py-1.5 text-left font-normal break-words @max-[44rem]:block"
              >
                <span className="mr-2 inline-block font-semibold first-letter:uppercase">{scene}</span>
                <span className="text-muted">{played[0]?.fault}</span>
              </th>
            </tr>
            {played.map((result) => (
              <Row key={result.client} result={result} />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Row({ result }: { result: RehearsalResult }) {
  const { client, passed, expected, saw, attempts, spliced, durationMs } = result;
  return (
    <tr className="border-t border-line align-top @max-[44rem]:grid @max-[44rem]:grid-cols-[1fr_auto] @max-[44rem]:px-4 @max-[44rem]:py-1.5">
      <td className="py-1 pl-4 @max-[44rem]:p-0">
        <span className="flex items-center gap-2">
          {passed ? (
            <Check size={14} role="img" aria-label="passed" className="shrink-0 text-good" />
          ) : (
            <X size={14} role="img" aria-label="failed" className="shrink-0 text-bad" />
          )}
          {clients[client]}
        </span>
      </td>
      <td className="px-3 py-1 break-words @max-[44rem]:order-last @max-[44rem]:col-span-2 @max-[44rem]:py-0 @max-[44rem]:pr-0 @max-[44rem]:pl-5.5">
        <span className={`block first-letter:uppercase ${passed ? 'text-muted' : ''}`}>{saw}</span>
        {!passed && <span className="block text-sm text-bad">Should see: {expected}</span>}
      </td>
      <td className="px-3 py-1 text-right text-muted @max-[44rem]:hidden">{formatCount(attempts)}</td>
      <td className="px-3 py-1 text-right text-muted @max-[44rem]:hidden">
        {spliced === 0 ? <span className="text-faint">no</span> : formatCount(spliced)}
      </td>
      <td className="py-1 pr-4 pl-3 text-right whitespace-nowrap text-muted @max-[44rem]:p-0">
        <span className="@min-[44rem]:hidden">
          {attempts} {attempts === 1 ? 'attempt' : 'attempts'}
          {spliced > 0 && ', spliced'} ·{' '}
        </span>
        {formatDuration(durationMs)}
      </td>
    </tr>
  );
}

function byScene(results: readonly RehearsalResult[]): Map<string, RehearsalResult[]> {
  const scenes = new Map<string, RehearsalResult[]>();
  for (const result of results) scenes.set(result.scene, [...(scenes.get(result.scene) ?? []), result]);
  return scenes;
}
