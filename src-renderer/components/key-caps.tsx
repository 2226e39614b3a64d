/** Keys as they stand on a keyboard, one after another. */
export function KeyCaps({ keys }: { keys: readonly string[] }) {
  return (
    <span className="inline-flex shrink-0 gap-1">
      {keys.map((key) => (
        <kbd
          key={key}
          className="grid h-5 min-w-5 place-items-center rounded border border-line bg-well px-1 font-sans text-sm text-muted"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
