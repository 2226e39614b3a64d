import { Undo2, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useSearch } from 'wouter';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { messageOf } from '../../api/client.ts';
import { AsOf } from '../../components/as-of.tsx';
import { Button, IconButton } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { EmptyState, ErrorState, Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { SkeletonRows } from '../../components/skeleton.tsx';
import { useShortcuts } from '../shell/use-shortcuts.ts';
import { AddressRow, AppRow, KeptBodiesRow, ThemeRow } from './extra-rows.tsx';
import { BackupRow, ExportRow, ImportRow } from './portable-rows.tsx';
import { SecretsRow } from './secrets-row.tsx';
import { meaningOf, type SettingEntry, settingSections } from './setting-entries.ts';
import { SettingRow } from './setting-row.tsx';
import { valueInWords } from './setting-words.ts';
import { isSame, type SettingChange, useSettingChange, useSettings } from './use-settings.ts';

interface Extra {
  /** What it is found by. */
  readonly words: string;
  readonly Row: () => ReactNode;
}

/** What belongs to a section besides settings; it comes first. */
const extras: Readonly<Record<string, readonly Extra[]>> = {
  general: [
    { words: 'address and port url bind listen', Row: AddressRow },
    { words: 'theme colours light dark system appearance', Row: ThemeRow },
  ],
  app: [{ words: 'updates and folders version install logs data desktop app', Row: AppRow }],
  bodies: [{ words: 'captured bodies kept erase prompts answers', Row: KeptBodiesRow }],
  secrets: [{ words: 'where secrets are kept keychain file passphrase move', Row: SecretsRow }],
  portable: [
    { words: 'export download settings', Row: ExportRow },
    { words: 'import upload settings', Row: ImportRow },
    { words: 'backup download database copy', Row: BackupRow },
  ],
};

const [first = { id: '', title: '', entries: [] }, ...others] = settingSections;
const sections = [
  first,
  ...others.slice(0, 4),
  { id: 'secrets', title: 'Secrets', entries: [] },
  { id: 'portable', title: 'Export, import, backup', entries: [] },
  ...others.slice(4),
];

export function SettingsPage() {
  const settings = useSettings();
  const change = useSettingChange();
  const shownName = new URLSearchParams(useSearch()).get('show');
  const [text, setText] = useState('');
  const field = useRef<HTMLElement>(null);
  useShortcuts('settings', { search: () => field.current?.querySelector('input')?.focus() });
  const all = settings.data?.data;
  const isRead = all !== undefined;
  useEffect(() => {
    if (isRead && shownName !== null) document.getElementById(`section-${shownName}`)?.scrollIntoView();
  }, [isRead, shownName]);
  const found = sections
    .map((section) => ({
      ...section,
      entries: section.entries.filter((entry) => matches(text, wordsOf(section.title, entry))),
      extras: (extras[section.id] ?? []).filter(({ words }) => matches(text, `${section.title} ${words}`)),
    }))
    .filter((section) => section.entries.length + section.extras.length > 0);
  return (
    <Page
      title="Settings"
      note={all === undefined ? undefined : <AsOf at={settings.dataUpdatedAt} />}
      actions={
        <span ref={field} className="flex min-w-0 sm:w-72">
          <SearchField label="Search settings" value={text} onChange={setText} />
        </span>
      }
    >
      {all === undefined && settings.isPending && <SkeletonRows what="settings" rows={10} />}
      {all === undefined && settings.isError && (
        <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />
      )}
      {all !== undefined && (
        <div className="mx-auto grid max-w-6xl items-start gap-6 xl:grid-cols-[11rem_minmax(0,1fr)]">
          <SectionLinks sections={found} />
          <div className="grid min-w-0 gap-4">
            {change.last !== null && (
              <LastChange settings={all} last={change.last} onUndo={change.undo} onClose={change.forget} />
            )}
            {found.map((section) => (
              <div key={section.id} id={`section-${section.id}`} className="scroll-mt-4">
                <Panel title={section.title}>
                  <div className="divide-y divide-line">
                    {section.extras.map(({ words, Row }) => (
                      <Row key={words} />
                    ))}
                    {section.entries.map((entry) => (
                      <SettingRow
                        key={entry.name}
                        entry={entry}
                        settings={all}
                        shown={entry.name === shownName}
                        onChange={change.save}
                      />
                    ))}
                  </div>
                </Panel>
              </div>
            ))}
            {found.length === 0 && (
              <EmptyState title="No setting matches">
                <Button onClick={() => setText('')}>Clear the search</Button>
              </EmptyState>
            )}
          </div>
        </div>
      )}
    </Page>
  );
}

const wordsOf = (section: string, { name, title, words = '' }: SettingEntry): string =>
  `${section} ${title} ${name} ${words} ${meaningOf(name)}`;

const matches = (typed: string, text: string): boolean =>
  typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));

function SectionLinks({ sections: listed }: { sections: readonly { id: string; title: string }[] }) {
  return (
    <nav aria-label="Sections of settings" className="sticky top-5 max-xl:hidden">
      <ul className="grid gap-0.5">
        {listed.map(({ id, title }) => (
          <li key={id}>
            <button
              type="button"
              onClick={() => document.getElementById(`section-${id}`)?.scrollIntoView()}
              className="w-full rounded-md px-2 py-1 text-left text-muted transition-colors hover:bg-hover hover:text-ink"
            >
              {title}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface LastChangeProps {
  readonly settings: Settings;
  readonly last: SettingChange;
  readonly onUndo: () => Promise<void>;
  readonly onClose: () => void;
}

/** What was changed last, and the way back as long as nothing else has changed it. */
function LastChange({ settings, last, onUndo, onClose }: LastChangeProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const entry = settingSections.flatMap((section) => section.entries).find(({ name }) => name === last.name);
  if (entry === undefined || !isSame(settings[last.name], last.to)) return null;
  const [from, to] = [last.from, last.to].map((value) => valueInWords(entry.control, value));
  return (
    <div
      role="status"
      className="sticky top-0 z-10 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-line bg-raised py-1.5 pr-2 pl-4 shadow-overlay"
    >
      <span className="min-w-0">
        <strong className="font-semibold">{entry.title}</strong>: {from === to ? 'changed' : `${from} → ${to}`}.
        {entry.restart && ' It counts after a restart of Relay.'}
      </span>
      <Button
        className="ml-auto"
        onClick={() => {
          setProblem(null);
          onUndo().catch((error: unknown) => setProblem(messageOf(error)));
        }}
      >
        <Undo2 size={14} aria-hidden />
        Undo
      </Button>
      <IconButton label="Close" onClick={onClose}>
        <X size={14} />
      </IconButton>
      {problem !== null && (
        <div className="w-full">
          <Notice kind="error">{problem}</Notice>
        </div>
      )}
    </div>
  );
}
