import type { ReactNode } from 'react';
import type { KeyView } from '../../../src-shared/contract/key.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { useNow } from '../../components/use-now.ts';
import { unknown } from '../../format/figures.ts';

interface KeyListProps {
  readonly keys: readonly KeyView[];
  readonly busy: boolean;
  readonly onRotate: (id: string) => void;
  readonly onRevoke: (id: string) => void;
}

export function KeyList({ keys, busy, onRotate, onRevoke }: KeyListProps) {
  const now = useNow();
  return (
    <div className="@container overflow-hidden rounded-lg border border-line bg-surface">
      <table className="w-full table-fixed">
        <thead className="sr-only @min-[44rem]:not-sr-only">
          <tr className="border-b border-line text-left text-sm text-muted @max-[44rem]:hidden">
            <Title>Name</Title>
            <Title width="w-40">Key</Title>
            <Title width="w-24">Created</Title>
            <Title width="w-56">Last used</Title>
            <Title width="w-56">
              <span className="sr-only">Actions</span>
            </Title>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => {
            const end = endOf(key, now);
            return (
              <tr
                key={key.id}
                className="border-b border-line last:border-b-0 @max-[44rem]:grid @max-[44rem]:gap-0.5 @max-[44rem]:px-4 @max-[44rem]:py-2.5"
              >
                <Cell>
                  <span className={`font-medium ${end === null ? '' : 'text-muted line-through'}`}>{key.name}</span>
                  <Tag text={key.project} />
                  <Tag text={key.member} />
                </Cell>
                <Cell>
                  <code className="font-mono text-sm text-muted">{key.prefix}…</code>
                </Cell>
                <Cell>
                  <span className="text-muted">
                    <span className="@min-[44rem]:hidden">created </span>
                    <RelativeTime at={key.createdAt} />
                  </span>
                </Cell>
                <Cell>
                  <LastUse lastKey={key} />
                </Cell>
                <Cell>
                  <div className="flex justify-end gap-1 @max-[44rem]:justify-start @max-[44rem]:pt-1">
                    {end === null ? (
                      <>
                        <ConfirmButton
                          look="plain"
                          disabled={busy}
                          confirm="Rotate: the old key stops"
                          onConfirm={() => onRotate(key.id)}
                        >
                          Rotate
                        </ConfirmButton>
                        <ConfirmButton disabled={busy} confirm="Revoke for good" onConfirm={() => onRevoke(key.id)}>
                          Revoke
                        </ConfirmButton>
                      </>
                    ) : (
                      <span className="py-1 text-muted">{end}</span>
                    )}
                  </div>
                </Cell>
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
  return <td className="truncate px-4 py-2 @max-[44rem]:block @max-[44rem]:p-0">{children}</td>;
}

/** A project or a member beside the key's name. */
function Tag({ text }: { text: string | null }) {
  if (text === null) return null;
  return <span className="ml-2 rounded border border-line px-1 text-xs text-muted">{text}</span>;
}

function LastUse({ lastKey: { lastUsedAt, lastClient } }: { lastKey: KeyView }) {
  if (lastUsedAt === null) return <span className="text-muted">never used</span>;
  return (
    <span title={lastClient ?? undefined}>
      <RelativeTime at={lastUsedAt} />
      <span className="text-muted"> · {lastClient ?? unknown}</span>
    </span>
  );
}

/** Why a key no longer works, or `null` while it does. */
function endOf(key: KeyView, now: number): string | null {
  if (key.revokedAt !== null) return 'Revoked';
  return key.expiresAt !== null && key.expiresAt <= now ? 'Expired' : null;
}
