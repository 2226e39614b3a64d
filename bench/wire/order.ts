/**
 * What a request asks of the bench's upstream. The order travels as text inside the user's message, because that is the
 * one part of a request that every proxy, translating or not, carries through.
 */
export type Order =
  /** The events of one short answer, one write each. */
  | { kind: 'short' }
  | { kind: 'three' }
  /** An answer of `deltas` text deltas, `intervalMs` apart. */
  | { kind: 'paced'; intervalMs: number; deltas: number };

const PATTERN = /#bench:(short|three|paced):(\d+):(\d+)#/;

export function orderText(order: Order): string {
  return order.kind === 'paced' ? `#bench:paced:${order.intervalMs}:${order.deltas}#` : `#bench:${order.kind}:0:0#`;
}

/** A request with no order in it (a probe, say) gets the short answer. */
export function readOrder(body: string): Order {
  const [, kind, intervalMs, deltas] = PATTERN.exec(body) ?? [];
  if (kind === 'paced') return { kind, intervalMs: Number(intervalMs), deltas: Number(deltas) };
  return { kind: kind === 'three' ? 'three' : 'short' };
}
