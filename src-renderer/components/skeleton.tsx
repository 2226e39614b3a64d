/** Keeps the place of what is being read, at its size, so that nothing moves when it comes. */
export function Skeleton({ className }: { className: string }) {
  return <div aria-hidden className={`animate-pulse rounded-md bg-well motion-reduce:animate-none ${className}`} />;
}
/** The same for a list: `rows` bars in a frame, and words for those who do not see them. */
export function SkeletonRows({ rows = 6, what }: { rows?: number; what: string }) {
  return (
    <div className="grid gap-px overflow-hidden rounded-lg border border-line bg-line">
      <output className="sr-only">Loading {what}…</output>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <div key={row} className="flex h-11 items-center gap-6 bg-surface px-4">
          <Skeleton className="h-3.5 w-1/4" />
          <Skeleton className="h-3.5 w-1/6" />
          <Skeleton className="ml-auto h-3.5 w-1/5" />
        </div>
      ))}
    </div>
  );
}
