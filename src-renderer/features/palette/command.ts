import type { LucideIcon } from 'lucide-react';

/** Something that the palette finds and does. */
export interface Command {
  /** The same from one time to the next, so that what was done lately comes first. */
  readonly id: string;
  readonly title: string;
  /** What kind of thing it is: "Page", "Account". */
  readonly kind: string;
  readonly icon: LucideIcon;
  /** Found by these too. */
  readonly words?: string;
  /** The shortcut that does the same. */
  readonly keys?: string;
  /** May answer a promise; a text that comes of it is said, where nothing else shows what was done. Throws what the API throws. */
  readonly run: () => unknown;
}
