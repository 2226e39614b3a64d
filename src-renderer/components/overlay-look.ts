/** How everything that lies over the page looks: it never grows beyond the room that the positioner found. */
export const overlayLook =
  'max-h-[var(--available-height)] max-w-[var(--available-width)] rounded-lg border border-line bg-raised text-ink shadow-overlay outline-none';
