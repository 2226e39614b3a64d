import { Menu as Base } from '@base-ui/react/menu';
import { EllipsisVertical } from 'lucide-react';
import type { ReactElement } from 'react';
import { IconButton } from './button.tsx';
import { overlayLook } from './overlay-look.ts';

export interface MenuItem {
  readonly name: string;
  readonly onSelect: () => void;
  /** Said on the right, as the keys that do the same. */
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  /** For choices of which one holds now. */
  readonly checked?: boolean;
}

interface MenuProps {
  readonly label: string;
  readonly groups: readonly (readonly MenuItem[])[];
  /** What opens it, without a name of its own where it shows only an icon; three dots where nothing is given. */
  readonly trigger?: ReactElement;
}

/** A list of actions in groups. It opens to where there is room; arrows, Home, End, first letters and Escape work. */
export function Menu({ label, groups, trigger }: MenuProps) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger
        // Alt with an arrow is for who stands around it: it moves what the menu is about.
        onKeyDown={(event) => event.altKey && event.preventBaseUIHandler()}
        render={
          trigger ?? (
            <IconButton label={label} className="aria-expanded:bg-selected aria-expanded:text-ink">
              <EllipsisVertical size={16} />
            </IconButton>
          )
        }
      />
      <Base.Portal>
        <Base.Positioner align="end" sideOffset={4} collisionPadding={8} className="z-50 outline-none">
          <Base.Popup aria-label={label} className={`${overlayLook} w-60 divide-y divide-line overflow-y-auto`}>
            {groups
              .filter((group) => group.length > 0)
              .map((group) => (
                <Base.Group key={group[0]?.name} className="p-1">
                  {group.map((item) => (
                    <Item key={item.name} {...item} />
                  ))}
                </Base.Group>
              ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Item({ name, onSelect, keys, disabled = false, danger = false, checked }: MenuItem) {
  return (
    <Base.Item
      disabled={disabled}
      onClick={onSelect}
      aria-current={checked === true ? 'true' : undefined}
      className={`flex h-7 w-full cursor-pointer items-center justify-between gap-3 rounded-md px-2 outline-none data-disabled:cursor-default data-disabled:text-faint aria-[current=true]:font-semibold ${danger ? 'text-bad data-highlighted:bg-bad-tint' : 'data-highlighted:bg-hover'}`}
    >
      <span className="truncate">{name}</span>
      {keys !== undefined && <kbd className="shrink-0 font-sans text-sm text-muted">{keys}</kbd>}
    </Base.Item>
  );
}
