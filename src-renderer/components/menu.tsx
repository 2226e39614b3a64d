import { EllipsisVertical } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { IconButton } from './button.tsx';

export interface MenuItem {
  readonly name: string;
  readonly onSelect: () => void;
  /** Said on the right, as the keys that do the same. */
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly danger?: boolean;
}

/** One button that opens a list of actions in groups; arrow keys, Home, End, first letters and Escape work as in any menu. */
export function Menu({ label, groups }: { label: string; groups: readonly (readonly MenuItem[])[] }) {
  const [open, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    items(frame.current)[0]?.focus();
    const outside = ({ target }: PointerEvent) => {
      if (target instanceof Node && frame.current?.contains(target) === false) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) {
      if (event.key !== 'ArrowDown' || event.altKey) return;
      event.preventDefault();
      return setOpen(true);
    }
    if (event.key === 'Tab') return setOpen(false);
    const next = event.key === 'Escape' ? null : nextItem(items(frame.current), event.key);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (next === null) close();
    else next.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the button and the items in it
    <div ref={frame} className="relative" onKeyDown={onKeyDown}>
      <IconButton
        ref={button}
        label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        className="aria-expanded:bg-selected aria-expanded:text-ink"
      >
        <EllipsisVertical size={16} />
      </IconButton>
      {open && (
        <div
          id={id}
          role="menu"
          aria-label={label}
          className="absolute top-full right-0 z-30 mt-1 w-60 divide-y divide-line rounded-lg border border-line bg-raised shadow-overlay"
        >
          {groups
            .filter((group) => group.length > 0)
            .map((group) => (
              // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a menu
              <div key={group[0]?.name} role="group" className="p-1">
                {group.map((item) => (
                  <Item key={item.name} item={item} onClose={close} />
                ))}
              </div>
            ))}
        </div>
      )}
    </div>
  );
}

function Item({ item: { name, onSelect, keys, disabled = false, danger = false }, onClose }: ItemProps) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      disabled={disabled}
      onClick={() => {
        onClose();
        onSelect();
      }}
      onPointerMove={({ currentTarget }) => currentTarget.focus()}
      className={`flex h-7 w-full items-center justify-between gap-3 rounded-md px-2 text-left outline-none focus:bg-hover disabled:text-faint ${danger ? 'text-bad focus:bg-bad-tint' : ''}`}
    >
      <span className="truncate">{name}</span>
      {keys !== undefined && <kbd className="shrink-0 font-sans text-sm text-faint">{keys}</kbd>}
    </button>
  );
}

interface ItemProps {
  readonly item: MenuItem;
  readonly onClose: () => void;
}

const items = (frame: HTMLElement | null): HTMLElement[] => [
  ...(frame?.querySelectorAll<HTMLElement>('[role=menuitem]:not(:disabled)') ?? []),
];

/** Where a key leads to; `undefined` for one that is not the menu's. */
function nextItem(all: readonly HTMLElement[], key: string): HTMLElement | undefined {
  const here = all.indexOf(document.activeElement as HTMLElement);
  switch (key) {
    case 'ArrowDown':
      return all[(here + 1) % all.length];
    case 'ArrowUp':
      return all[(here - 1 + all.length) % all.length];
    case 'Home':
      return all[0];
    case 'End':
      return all.at(-1);
    default: {
      if (key.length !== 1 || key === ' ') return undefined;
      const later = [...all.slice(here + 1), ...all.slice(0, here + 1)];
      return later.find((item) => item.textContent.trim().toLowerCase().startsWith(key.toLowerCase()));
    }
  }
}
