import type { SimulatedAccountSpec } from '../../../src-main/simulator/simulated-account.ts';
import { type RunningRelay, startRelay } from '../../support/running-relay.ts';
import { type Form, forms } from './forms.ts';

/** How many accounts a cell of the matrix has. */
export const sizes = [1, 2, 3] as const;

export interface Cell {
  readonly form: Form;
  readonly size: number;
  /** The key that may use the cell's own accounts only. */
  readonly key: string;
  readonly keyId: string;
  readonly accounts: readonly string[];
}

/** One Relay with accounts of its own for every cell, so that what one cell learns of them is nothing to another. */
export async function startCells(
  settings: Parameters<typeof startRelay>[0],
): Promise<{ relay: RunningRelay; cells: Cell[] }> {
  const wanted = forms.flatMap((form) => sizes.map((size) => ({ form, size })));
  const named = wanted.map((cell) => ({
    ...cell,
    accounts: Array.from({ length: cell.size }, (_, index) =>
      `${cell.form} ${cell.size}${'abc'[index]}`.replace(' ', '-'),
    ),
  }));
  const accounts: SimulatedAccountSpec[] = named.flatMap((cell) =>
    cell.accounts.map((name) => ({ name, kind: 'chatgpt' as const })),
  );
  const relay = await startRelay({ ...settings, accounts });
  const cells: Cell[] = [];
  for (const cell of named) {
    const { key, secret } = await relay.relay.keys.create({
      name: `${cell.form} ${cell.size}`,
      accounts: [...cell.accounts],
    });
    cells.push({ ...cell, key: secret, keyId: key.id });
  }
  return { relay, cells };
}
