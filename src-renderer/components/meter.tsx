/** A bar that shows how much is left, 0 to 1. */
export function Meter({ label, left, fill }: { label: string; left: number; fill: string }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <meter> takes no colour of ours in every browser
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(left * 100)}
      className="my-1 h-1.5 overflow-hidden rounded-full bg-well"
    >
      <div className={`h-full rounded-full ${fill}`} style={{ width: `${left * 100}%` }} />
    </div>
  );
}
