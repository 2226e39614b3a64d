import type { CSSProperties } from 'react';
import { type CallColumn, callColumns } from './call-columns.tsx';
import { type ColumnChoice, type ColumnName, type ColumnWidth, columnNames } from './column-choice.ts';

/** How a row lays its cells out; the same object as long as the choice is the same. */
export interface ColumnLayout {
  readonly className: string;
  readonly style: CSSProperties | undefined;
  readonly columns: readonly { readonly name: ColumnName; readonly column: CallColumn; readonly className: string }[];
  /** In rem, what a row needs; 0 where it fits any width. */
  readonly minWidth: number;
}

const shownFrom: Readonly<Record<NonNullable<CallColumn['from']>, string>> = {
  narrow: '',
  small: 'hidden @min-[34rem]/calls:block',
  medium: 'hidden @min-[50rem]/calls:block',
  wide: 'hidden @min-[68rem]/calls:block',
};

const widths: Readonly<Record<ColumnWidth, number>> = { narrow: 0.7, normal: 1, wide: 1.6 };
/** Of the space between columns and around them, and of the status's dot. */
const [gap, around, dot] = [0.75, 2.5, 0.75];

export function columnLayout(choice: ColumnChoice | null): ColumnLayout {
  if (choice === null) {
    const columns = columnNames.flatMap((name) => {
      const column = callColumns[name];
      return column.from === null ? [] : [{ name, column, className: shownFrom[column.from] }];
    });
    return { className: 'call-columns', style: undefined, columns, minWidth: 0 };
  }
  const sizes = choice.map(({ name, width }) => callColumns[name].width * widths[width]);
  const tracks = choice.map(({ name }, index) => {
    const size = sizes[index]!;
    return callColumns[name].figure ? `${size}rem` : `minmax(${size}rem, ${size}fr)`;
  });
  return {
    className: 'grid items-center gap-x-3 px-5',
    style: { gridTemplateColumns: `${dot}rem ${tracks.join(' ')}` },
    columns: choice.map(({ name }) => ({ name, column: callColumns[name], className: '' })),
    minWidth: around + dot + sizes.reduce((sum, size) => sum + size + gap, 0),
  };
}
