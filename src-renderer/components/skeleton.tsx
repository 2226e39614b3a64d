/** Keeps the place of what is being read, at its size, so that nothing moves when it comes. */
export function Skeleton({ className }: { className: string }) {
  return <div aria-hidden className={`animate-pulse rounded-md bg-well motion-reduce:animate-none ${className}`} />;
}
