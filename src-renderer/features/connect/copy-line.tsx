import { CopyButton } from '../../components/copy-button.tsx';

/** A line that a person carries elsewhere, under its name. */
export function CopyLine({ name, text }: { name: string; text: string }) {
  return (
    <div className="flex min-w-0 items-center gap-2">
      <span className="w-20 shrink-0 text-sm text-muted">{name}</span>
      <div className="flex min-w-0 flex-1 items-center gap-1 rounded-md border border-line bg-well py-0.5 pr-0.5 pl-2.5">
        <code className="min-w-0 flex-1 font-mono text-sm break-all">{text}</code>
        <CopyButton text={text} label={`Copy the ${name.toLowerCase()}`} />
      </div>
    </div>
  );
}
