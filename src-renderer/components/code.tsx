/** A command or an id within a sentence. */
export function Code({ children }: { children: string }) {
  return <code className="rounded bg-well px-1 py-0.5 font-mono text-[0.92em] break-all text-ink">{children}</code>;
}
