import { Bookmark, Pencil, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { Popover } from '../../components/popover.tsx';
import { deleteFilter, renameFilter, savedFilters, saveFilter } from './saved-filters.ts';

/** Filters under names of one's own: taken up, saved, renamed, deleted. */
export function SavedFilterMenu({ search, onPick }: { search: string; onPick: (search: string) => void }) {
  const [open, setOpen] = useState(false);
  const [filters, setFilters] = useState(savedFilters);
  /** The one whose name is being changed. */
  const [renamed, setRenamed] = useState<string | null>(null);
  const [name, setName] = useState('');

  const begin = (from: string | null) => {
    setRenamed(from);
    setName(from ?? '');
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = name.trim();
    if (given === '') return;
    setFilters(renamed === null ? saveFilter({ name: given, search }) : renameFilter(renamed, given));
    begin(null);
  };
  const canSave = renamed !== null || search !== '';

  return (
    <Popover
      label="Saved filters"
      open={open}
      onOpenChange={(next) => {
        setFilters(savedFilters());
        begin(null);
        setOpen(next);
      }}
      trigger={
        <IconButton label="Saved filters">
          <Bookmark size={15} />
        </IconButton>
      }
    >
      <div className="grid w-64 gap-2">
        {filters.length === 0 && (
          <p className="text-sm text-muted">None yet. Filter the calls, then give the filter a name.</p>
        )}
        {filters.length > 0 && (
          <ul aria-label="Saved filters" className="grid max-h-64 gap-0.5 overflow-y-auto">
            {filters.map((filter) => (
              <li key={filter.name} className="flex items-center">
                <button
                  type="button"
                  aria-current={filter.search === search}
                  onClick={() => {
                    onPick(filter.search);
                    setOpen(false);
                  }}
                  className="h-7 min-w-0 flex-1 truncate rounded-md px-2 text-left hover:bg-hover aria-[current=true]:font-semibold"
                >
                  {filter.name}
                </button>
                <IconButton label={`Rename ${filter.name}`} onClick={() => begin(filter.name)}>
                  <Pencil size={13} />
                </IconButton>
                <IconButton label={`Delete ${filter.name}`} onClick={() => setFilters(deleteFilter(filter.name))}>
                  <Trash2 size={13} />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
        {canSave && (
          <form onSubmit={submit} className="flex gap-1.5 border-t border-line pt-2">
            <input
              aria-label={renamed === null ? 'Name for this filter' : `New name for ${renamed}`}
              placeholder={renamed === null ? 'Name for this filter' : renamed}
              value={name}
              maxLength={60}
              onChange={(event) => setName(event.target.value)}
              className="h-7 min-w-0 flex-1 rounded-md border border-line-strong bg-surface px-2 placeholder:text-faint"
            />
            <Button type="submit" disabled={name.trim() === ''}>
              {renamed === null ? 'Save' : 'Rename'}
            </Button>
          </form>
        )}
      </div>
    </Popover>
  );
}
