import type { ReactNode } from 'react';
import type { KeyUseView, KeyView } from '../../../src-shared/contract/key.ts';
import { Menu, type MenuItem } from '../../components/menu.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { useNow } from '../../components/use-now.ts';
import { formatSpan, unknown } from '../../format/figures.ts';
import { endOf, graceOf } from './key-state.ts';
import { KeyUseBars } from './key-use-bars.tsx';

interface KeyListProps {
  readonly keys: readonly KeyView[];
  readonly use: Readonly<Record<string, KeyUseView>>;
  readonly openId: string | null;
  readonly onOpen: (id: string) => void;
  readonly menuOf: (key: KeyView) => MenuItem[][];
}

export function KeyList({ keys, use, openId, onOpen, menuOf }: KeyListProps) {
  const now = useNow();
  return (
    <div className="@container relative overflow-hidden rounded-lg border border-line bg-surface">
      <table className="w-full table-fixed">
        <thead className="@max-[44rem]:sr-only">
          <tr className="border-b border-line bg-canvas text-left text-sm text-muted">
            <Title>Name</Title>
            <Title width="w-44">Key</Title>
            <Title width="w-56">Used now</Title>
            <Title width="w-56">Last used</Title>
            <Title width="w-14">
              <span className="sr-only">Actions</span>
            </Title>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => {
            const end = endOf(key, now);
            const usage = use[key.id];
            return (
              <tr
                key={key.id}
                aria-current={openId === key.id ? 'true' : undefined}
                className="border-b border-line last:border-b-0 hover:bg-hover aria-[current=true]:bg-selected @max-[44rem]:relative @max-[44rem]:grid @max-[44rem]:gap-1 @max-[44rem]:px-4 @max-[44rem]:py-2.5"
              >
                <Cell>
                  <button
                    type="button"
                    onClick={() => onOpen(key.id)}
                    className={`max-w-full truncate text-left font-medium hover:text-accent hover:underline ${end === null ? '' : 'text-muted line-through'}`}
                  >
                    {key.name}
                  </button>
                  <div className="flex flex-wrap gap-1">
                    <Tag text={key.project} />
                    <Tag text={key.member} />
                  </div>
                </Cell>
                <Cell>
                  <code className="font-mono text-sm text-muted">{key.prefix}…</code>
                  <Clock keyView={key} end={end} now={now} />
                </Cell>
                <Cell>
                  {end !== null ? (
                    <span className="text-muted">{end}</span>
                  ) : usage === undefined ? (
                    <span className="text-sm text-muted">no limits</span>
                  ) : (
                    <KeyUseBars use={usage} concurrency={key.concurrency} />
                  )}
                </Cell>
                <Cell>
                  <LastUse keyView={key} />
                </Cell>
                <td className="px-3 py-2 align-top @max-[44rem]:absolute @max-[44rem]:top-0 @max-[44rem]:right-0">
                  <Menu label={`Actions for ${key.name}`} groups={menuOf(key)} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Title({ width = '', children }: { width?: string; children: ReactNode }) {
  return (
    <th scope="col" className={`h-8 px-4 font-medium ${width}`}>
      {children}
    </th>
  );
}

function Cell({ children }: { children: ReactNode }) {
  return <td className="px-4 py-2 align-top @max-[44rem]:block @max-[44rem]:p-0 @max-[44rem]:pr-8">{children}</td>;
}

/** A project or a member below the key's name. */
function Tag({ text }: { text: string | null }) {
  if (text === null) return null;
  return (
    <span className="mt-0.5 max-w-full truncate rounded border border-line px-1 text-xs text-muted" title={text}>
      {text}
    </span>
  );
}

/** What ends soon: the secret of before a rotation, or the key itself. */
function Clock({ keyView: key, end, now }: { keyView: KeyView; end: string | null; now: number }) {
  const grace = graceOf(key, now);
  if (grace !== null) {
    return (
      <p className="text-sm text-warn" title="The secret of before the rotation still works.">
        old one ends in {formatSpan(grace - now, true)}
      </p>
    );
  }
  if (end !== null || key.expiresAt === null) return null;
  return (
    <p className="text-sm text-muted">
      expires <RelativeTime at={key.expiresAt} />
    </p>
  );
}

function LastUse({ keyView: { lastUsedAt, lastClient } }: { keyView: KeyView }) {
  if (lastUsedAt === null) return <span className="text-muted">never used</span>;
  return (
    <p className="truncate" title={lastClient ?? undefined}>
      <RelativeTime at={lastUsedAt} />
      <span className="text-muted"> · {lastClient ?? unknown}</span>
    </p>
  );
}
