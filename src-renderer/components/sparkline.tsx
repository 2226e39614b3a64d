interface SparklineProps {
  readonly label: string;
  /** From the bottom up: one row of values for each colour. */
  readonly rows: readonly { readonly color: string; readonly values: readonly number[] }[];
}

const height = 28;
const step = 4;

/** A picture in a line: bars in a row, as high as the highest allows. */
export function Sparkline({ label, rows }: SparklineProps) {
  const length = rows[0]?.values.length ?? 0;
  const sums = Array.from({ length }, (_, index) => rows.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const most = Math.max(1, ...sums);
  const bars = sums.flatMap((_, index) => {
    let top = height;
    return rows.map(({ color, values }) => {
      const value = values[index] ?? 0;
      const size = value === 0 ? 0 : Math.max(1.5, (value / most) * (height - 2));
      top -= size;
      return { key: `${index} ${color}`, x: index * step, y: top, size, color };
    });
  });
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${length * step} ${height}`}
      preserveAspectRatio="none"
      className="h-7 w-full"
    >
      {bars.map(({ key, x, y, size, color }) => (
        <rect key={key} x={x} y={y} width={step - 1} height={size} fill={`var(${color})`} />
      ))}
      <line
        x1="0"
        x2={length * step}
        y1={height - 0.5}
        y2={height - 0.5}
        stroke="var(--line)"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
