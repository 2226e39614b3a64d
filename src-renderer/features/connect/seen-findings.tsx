import type { SeenClient } from '../../../src-shared/contract/client.ts';
import { Notice } from '../../components/notice.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { formatCount } from '../../format/figures.ts';

/** Who has called under which name and key, what Relay mended for it, and the setting that spares it. */
export function SeenFindings({ seen }: { seen: readonly SeenClient[] }) {
  return (
    <ul className="grid gap-3">
      {seen.map((client) => (
        <li key={client.name} className="grid gap-2">
          <p className="break-words">
            <strong className="font-medium">{client.client ?? client.name}</strong>
            <span className="text-muted">
              {' '}
              · {client.calls === 1 ? '1 call' : `${formatCount(client.calls)} calls`} with {client.keys.join(', ')},
              last <RelativeTime at={client.lastAt} />
            </span>
          </p>
          {client.findings.length === 0 && <p className="text-sm text-muted">Nothing had to be repaired for it.</p>}
          {client.findings.map((finding) => (
            <Notice key={finding.sentence} kind={finding.failed ? 'warning' : 'info'}>
              <p className="break-words text-ink">
                {finding.sentence}{' '}
                <span className="text-muted">
                  {formatCount(finding.calls)} of its calls{finding.failed ? ' were refused.' : '; they were served.'}
                </span>
              </p>
              {finding.fix !== null && <p className="mt-1 break-words text-muted">{finding.fix}</p>}
            </Notice>
          ))}
        </li>
      ))}
    </ul>
  );
}
