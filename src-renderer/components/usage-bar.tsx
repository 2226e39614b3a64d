interface UsageBarProps {
  readonly label: string;
  readonly used: number;
  readonly limit: number;
  readonly format: (value: number) => string;
  /** Shares from 0 to 1 that are marked on the bar. */
  readonly marks?: readonly number[];
}

/** How much of a limit is used, with the figures; its colour says when it is nearly and when it is all. */
export function UsageBar({ label, used, limit, format, marks = [] }: UsageBarProps) {
  const share = limit === 0 ? 0 : used / limit;
  const fill = share >= 1 ? 'bg-bad-fill' : share >= 0.8 ? 'bg-warn-fill' : 'bg-good-fill';
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-0.5">
      <div className="flex items-baseline justify-between gap-3 text-sm">
        <span className="truncate text-muted">{label}</span>
        <span className="whitespace-nowrap">
          {format(used)} <span className="text-muted">of {format(limit)}</span>
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a <meter> takes no colour of ours in every browser */}
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(Math.min(1, Math.max(0, share)) * 100)}
        className="relative h-1.5 overflow-hidden rounded-full bg-line"
      >
        <div
          className={`h-full rounded-full transition-[width] ${fill}`}
          style={{ width: `${Math.min(100, Math.max(0, share * 100))}%` }}
        />
        {marks.map((mark) => (
          <span key={mark} className="absolute inset-y-0 w-px bg-ink/50" style={{ left: `${mark * 100}%` }} />
        ))}
      </div>
    </div>
  );
}
