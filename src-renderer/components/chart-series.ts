/** What one colour of a picture shows. */
export interface ChartSeries {
  readonly name: string;
  /** The name of a token. */
  readonly color: string;
  /** One for each time; `null` is a gap. */
  readonly values: readonly (number | null)[];
  /** Drawn as a dashed line over the rest, and never a part of the stack. */
  readonly line?: boolean;
}
