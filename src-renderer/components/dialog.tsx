import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { IconButton } from './button.tsx';

const focusable = 'input:not([type=radio], :disabled), input:checked, select, textarea, button:not(:disabled), a[href]';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** For forms with many fields. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A modal dialog: the focus stays inside and goes back to where it was; Escape and a press beside it close. */
export function Dialog({ title, onClose, wide = false, children }: DialogProps) {
  const body = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-backdrop" />
        <Base.Popup
          // The first thing to do in it, not the button that closes it.
          initialFocus={() => body.current?.querySelector<HTMLElement>(focusable) ?? true}
          className={`fixed top-1/2 left-1/2 z-40 max-h-[min(48rem,92dvh)] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-xl border border-line bg-raised shadow-overlay outline-none ${wide ? 'w-[min(46rem,calc(100vw-1.5rem))]' : 'w-[min(36rem,calc(100vw-1.5rem))]'}`}
        >
          <header className="sticky top-0 z-10 flex items-center justify-between gap-2 border-b border-line bg-raised py-2.5 pr-2.5 pl-4">
            <Base.Title className="min-w-0 truncate text-lg font-semibold">{title}</Base.Title>
            <Base.Close render={<IconButton label="Close" />}>
              <X size={16} />
            </Base.Close>
          </header>
          <div ref={body} className="p-4">
            {children}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
