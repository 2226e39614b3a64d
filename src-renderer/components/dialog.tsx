import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { IconButton } from './button.tsx';

const focusable = 'input:not([type=radio], :disabled), input:checked, select, textarea, button:not(:disabled), a[href]';

/** A modal dialog: the browser keeps the focus inside and gives it back; Escape closes. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const titleId = useId();

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // The first thing to do in it, not the button that closes it.
    body.current?.querySelector<HTMLElement>(focusable)?.focus();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className="max-h-[min(44rem,92dvh)] w-[min(36rem,calc(100vw-1.5rem))] overflow-y-auto rounded-xl border border-line bg-raised shadow-overlay"
    >
      <header className="sticky top-0 z-10 flex items-center justify-between border-b border-line bg-raised py-2.5 pr-2.5 pl-4">
        <h2 id={titleId} className="text-lg font-semibold">
          {title}
        </h2>
        <IconButton label="Close" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </header>
      <div ref={body} className="p-4">
        {children}
      </div>
    </dialog>
  );
}
