import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { StatusView } from '../../../src-shared/contract/status.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact } from '../../components/fact.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { formatBytes, formatCount } from '../../format/figures.ts';

/** What this Relay is, where it keeps things, and how much of them. */
export function RelayFacts({ status }: { status: StatusView }) {
  const { kept } = status.ledger;
  return (
    <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-4 gap-y-1.5 px-4 py-3">
      <Fact name="Version">
        {status.version} on Node {status.node.replace(/^v/, '')}
        {status.desktop ? ', in the desktop app' : ', headless'}
      </Fact>
      <Fact name="Process">
        {status.pid}, started <RelativeTime at={status.startedAt} fine />
      </Fact>
      <Fact name="Address">
        <Copied text={status.url} what="the address" />
      </Fact>
      <Fact name="Data folder">
        <Copied text={status.dataDir} what="the path" />
      </Fact>
      <Fact name="Secrets">
        {status.secrets} (<SettingsLink find="secrets">move them</SettingsLink>)
      </Fact>
      <Fact name="Call log">
        {kept === null ? (
          'It cannot be read now.'
        ) : (
          <>
            {formatCount(kept.calls)} calls in {formatBytes(kept.bytes)}
            {kept.oldestAt !== null && (
              <>
                , since <RelativeTime at={kept.oldestAt} />
              </>
            )}{' '}
            (<SettingsLink find="retention.days">how long</SettingsLink>)
          </>
        )}
      </Fact>
      <Fact name="Bodies">
        {kept === null
          ? 'They cannot be read now.'
          : `Of ${formatCount(kept.bodies.calls)} calls, ${formatBytes(kept.bodies.bytes)}`}
      </Fact>
    </dl>
  );
}

function Copied({ text, what }: { text: string; what: string }) {
  return (
    <span className="flex min-w-0 items-start gap-1">
      <code className="min-w-0 pt-0.5 font-mono text-sm break-all">{text}</code>
      <CopyButton text={text} label={`Copy ${what}`} />
    </span>
  );
}

function SettingsLink({ find, children }: { find: string; children: ReactNode }) {
  return (
    <Link href={`/settings?show=${find}`} className="text-accent underline underline-offset-2">
      {children}
    </Link>
  );
}
