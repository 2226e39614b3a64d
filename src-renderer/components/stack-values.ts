type Values = readonly (number | null)[];

/** Each row on top of those before it; what is not known adds nothing. */
export function stackValues(rows: readonly Values[]): number[][] {
  const sums: number[] = [];
  return rows.map((row) =>
    row.map((value, index) => {
      sums[index] = (sums[index] ?? 0) + (value ?? 0);
      return sums[index];
    }),
  );
}
