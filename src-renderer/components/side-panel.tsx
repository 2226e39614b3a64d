import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { IconButton } from './button.tsx';

interface SidePanelProps {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** One thing in full beside the list it was chosen from; over it where there is no room for both. Escape closes. */
export function SidePanel({ title, actions, onClose, children }: SidePanelProps) {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const inside =
        event.target instanceof Element ? event.target.closest('[role=dialog], [role=menu], [role=listbox]') : null;
      if (event.key !== 'Escape' || event.defaultPrevented || inside !== null) return;
      close.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <aside
      aria-label={title}
      className="flex min-h-0 w-full shrink-0 flex-col border-l border-line bg-canvas max-xl:absolute max-xl:inset-0 max-xl:z-20 xl:w-[34rem]"
    >
      <header className="flex h-11 shrink-0 items-center gap-1 border-b border-line pr-2 pl-4">
        <h2 className="mr-auto min-w-0 truncate text-lg font-semibold">{title}</h2>
        {actions}
        <IconButton label="Close (Esc)" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
    </aside>
  );
}
