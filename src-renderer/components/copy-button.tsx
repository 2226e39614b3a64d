import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { copyText } from '../api/desktop-bridge.ts';
import { Button, IconButton } from './button.tsx';

const shownMs = 1_500;

/** Copies `text`. With a `caption` it is a full button; `label` names it either way. */
export function CopyButton({ text, label, caption }: { text: string; label: string; caption?: string }) {
  const [outcome, setOutcome] = useState<'idle' | 'copied' | 'failed'>('idle');

  useEffect(() => {
    if (outcome === 'idle') return;
    const timer = window.setTimeout(() => setOutcome('idle'), shownMs);
    return () => window.clearTimeout(timer);
  }, [outcome]);

  const copy = () =>
    copyText(text).then(
      () => setOutcome('copied'),
      () => setOutcome('failed'),
    );
  const icon = outcome === 'copied' ? <Check size={14} className="text-good" /> : <Copy size={14} />;
  const said = outcome === 'copied' ? 'Copied' : outcome === 'failed' ? 'Select and copy it by hand' : label;
  if (caption === undefined) {
    return (
      <IconButton label={said} onClick={copy} className="size-6">
        {icon}
      </IconButton>
    );
  }
  return (
    <Button onClick={copy} aria-label={said}>
      {icon}
      {outcome === 'idle' ? caption : said}
    </Button>
  );
}
