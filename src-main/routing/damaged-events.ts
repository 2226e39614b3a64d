/** Events of upstreams that are not JSON: counted, and said once for each call (FAULTS U-13). */
export interface DamagedEvents {
  /** How many there were since the start of this process. */
  count(): number;
  note(callId: string, accountLabel: string): void;
}

/** A call is forgotten when so many others have had such events since: it would only be said again. */
const REMEMBERED_CALLS = 1_000;

export function createDamagedEvents(notice: (sentence: string) => void): DamagedEvents {
  const said = new Set<string>();
  let count = 0;
  return {
    count: () => count,
    note(callId, accountLabel) {
      count += 1;
      if (said.has(callId)) return;
      said.add(callId);
      if (said.size > REMEMBERED_CALLS) said.delete(said.values().next().value!);
      notice(`An answer of ${accountLabel} has an event that is not JSON. It was left out (call ${callId}).`);
    },
  };
}
