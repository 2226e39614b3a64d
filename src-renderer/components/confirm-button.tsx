import { useState } from 'react';
import { Button } from './button.tsx';

/** Asks once more in its own place before it acts, and goes back when the focus leaves. */
export function ConfirmButton({
  children,
  confirm,
  onConfirm,
  disabled = false,
  look = 'quiet',
}: {
  children: string;
  confirm: string;
  onConfirm: () => void;
  disabled?: boolean;
  look?: 'quiet' | 'plain';
}) {
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <Button look={look} disabled={disabled} onClick={() => setAsking(true)}>
        {children}
      </Button>
    );
  }
  return (
    <Button
      look="danger"
      autoFocus
      onBlur={() => setAsking(false)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setAsking(false);
      }}
      onClick={() => {
        setAsking(false);
        onConfirm();
      }}
    >
      {confirm}
    </Button>
  );
}
