import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { useQueryClient } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { messageOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { KeyCaps } from '../../components/key-caps.tsx';
import { say } from '../../components/said.tsx';
import { keysInWords } from '../shell/shortcuts.ts';
import type { Command } from './command.ts';
import { type CommandGroup, foundCommands } from './found-commands.ts';
import { callCommand } from './place-commands.ts';
import { recentCommands, rememberCommand } from './recent-commands.ts';
import { useCommands } from './use-commands.ts';

/** Finds a page, a thing or something to do by what is typed, and goes there or does it. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [recent] = useState(recentCommands);
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const commands = useCommands();
  const field = useRef<HTMLInputElement>(null);
  const groups = useMemo(() => {
    const call = callCommand(typed, navigate);
    return call.length > 0 ? [{ value: 'Found', items: call }] : foundCommands(commands, typed, recent);
  }, [commands, typed, recent, navigate]);
  const count = groups.reduce((sum, { items }) => sum + items.length, 0);

  const perform = async (command: Command) => {
    setError(null);
    rememberCommand(command.id);
    try {
      const outcome = command.run();
      if (outcome instanceof Promise) {
        const sentence = await outcome;
        await queries.invalidateQueries({ queryKey: queryKeys.accounts });
        await queries.invalidateQueries({ queryKey: queryKeys.status });
        if (typeof sentence === 'string') say(sentence);
      }
    } catch (thrown) {
      return setError(messageOf(thrown));
    }
    // Not where it has called up something else.
    if (command.id !== 'do Show keyboard shortcuts') onClose();
  };

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-backdrop" />
        <Dialog.Popup
          initialFocus={field}
          className="fixed top-[min(12vh,7rem)] left-1/2 z-50 flex max-h-[min(32rem,80dvh)] w-[min(38rem,calc(100vw-1.5rem))] -translate-x-1/2 flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-overlay outline-none"
        >
          <Dialog.Title className="sr-only">Find a page, a thing or something to do</Dialog.Title>
          <Autocomplete.Root
            inline
            open
            mode="none"
            items={groups}
            value={typed}
            onValueChange={(value, { reason }) => reason !== 'item-press' && setTyped(value)}
            itemToStringValue={(command: Command) => command.title}
            autoHighlight="always"
            keepHighlight
          >
            <div className="flex h-11 shrink-0 items-center gap-2.5 border-b border-line px-4">
              <Search size={16} aria-hidden className="shrink-0 text-faint" />
              <Autocomplete.Input
                ref={field}
                aria-label="Find a page, a thing or something to do"
                placeholder="Where to, or what to do?"
                maxLength={200}
                spellCheck={false}
                className="h-full min-w-0 flex-1 bg-transparent text-lg outline-none placeholder:text-faint"
              />
              <KeyCaps keys={['Esc']} />
            </div>
            {error !== null && (
              <p role="alert" className="border-b border-line bg-bad-tint px-4 py-1.5">
                {error}
              </p>
            )}
            <Autocomplete.Status className="sr-only">{count === 1 ? '1 found' : `${count} found`}</Autocomplete.Status>
            <Autocomplete.Empty>
              <p className="px-4 py-8 text-center text-muted">
                Nothing is called that. Try part of a name, a key’s project or a call’s id.
              </p>
            </Autocomplete.Empty>
            <Autocomplete.List className="min-h-0 flex-1 scroll-py-1.5 overflow-y-auto p-1.5 empty:hidden">
              {(group: CommandGroup) => (
                <Autocomplete.Group key={group.value} items={group.items} className="not-first:mt-1.5">
                  <Autocomplete.GroupLabel className="px-2.5 py-1 text-sm text-muted">
                    {group.value}
                  </Autocomplete.GroupLabel>
                  <Autocomplete.Collection>
                    {(command: Command) => (
                      <Row key={command.id} command={command} onPerform={() => void perform(command)} />
                    )}
                  </Autocomplete.Collection>
                </Autocomplete.Group>
              )}
            </Autocomplete.List>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Row({ command, onPerform }: { command: Command; onPerform: () => void }) {
  const { title, kind, icon: Icon, keys } = command;
  return (
    <Autocomplete.Item
      value={command}
      onClick={onPerform}
      className="flex h-8 cursor-pointer items-center gap-2.5 rounded-md px-2.5 outline-none data-highlighted:bg-selected"
    >
      <Icon size={15} aria-hidden className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1 truncate">{title}</span>
      <span className="shrink-0 text-sm text-muted">{kind}</span>
      {keys !== undefined && <KeyCaps keys={keysInWords(keys)} />}
    </Autocomplete.Item>
  );
}
