import type { ReactNode } from 'react';

/** A name and what there is to say of it: two cells of a `dl` that is a grid. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
