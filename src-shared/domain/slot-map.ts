/**
 * A map for what comes and goes with each call. When a Map makes itself a new table, the old one goes on naming what it held, and once
 * the Map has become old, V8 clears such tables only with a full collection: entries that were deleted long ago, and all they refer
 * to, survive every young one. Here the tables name slots, and a slot is emptied when its entry goes.
 */
export interface SlotMap<Value> {
  size(): number;
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  /** In the order in which they were set first. */
  values(): Value[];
  /** The key that was set first. */
  oldest(): string | undefined;
}

export function createSlotMap<Value>(): SlotMap<Value> {
  const slots = new Map<string, { value: Value | undefined }>();
  return {
    size: () => slots.size,
    get: (key) => slots.get(key)?.value,
    set(key, value) {
      const slot = slots.get(key);
      if (slot === undefined) slots.set(key, { value });
      else slot.value = value;
    },
    delete(key) {
      const slot = slots.get(key);
      if (slot === undefined) return;
      slot.value = undefined;
      slots.delete(key);
    },
    values: () => Array.from(slots.values(), ({ value }) => value!),
    oldest: () => slots.keys().next().value,
  };
}
