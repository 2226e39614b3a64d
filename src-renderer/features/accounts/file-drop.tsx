import { FileUp } from 'lucide-react';
import { type DragEvent, useState } from 'react';
import { Code } from '../../components/code.tsx';

/** Takes one file that is dropped here or chosen; the whole of it opens the chooser. */
export function FileDrop({ onFile }: { onFile: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file !== undefined) onFile(file);
  };
  return (
    <label
      onDragEnter={drag}
      onDragOver={drag}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      data-over={over}
      className="grid cursor-pointer justify-items-center gap-0.5 rounded-md border border-dashed border-line-strong px-4 py-3 text-center transition-colors hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent data-[over=true]:border-accent data-[over=true]:bg-selected"
    >
      <FileUp size={18} aria-hidden className="text-muted" />
      <span className="font-medium">Drop an auth.json here, or choose one</span>
      <span className="text-sm text-muted">
        The Codex CLI keeps its own in <Code>~/.codex/auth.json</Code>
      </span>
      <input
        type="file"
        aria-label="Choose auth.json"
        accept=".json,application/json"
        className="sr-only"
        onChange={({ target }) => {
          take(target.files);
          target.value = '';
        }}
      />
    </label>
  );
}
