import { readFileSync } from 'node:fs';

/** What fits into the files that this process may open. */
export interface SocketRoom {
  /** Calls that run at once: each has a connection to an upstream besides that of its client. */
  readonly calls: number;
  /** Connections of clients that are served. */
  readonly connections: number;
  /** More of them, that are only told to come again. */
  readonly refused: number;
}

/** The database with its threads, the log and the journal, and what the system wants for itself. */
const OWN_FILES = 48;

/**
 * How many files this process may open; `null` where that is not known. Node raises the limit that it starts with to the highest
 * one allowed; only Linux tells which one that is, and elsewhere it is far above what Relay needs.
 */
export function openFileLimit(read = () => readFileSync('/proc/self/limits', 'utf8')): number | null {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(read()) ?? [];
    return limit === undefined ? null : Number(limit);
  } catch {
    return null;
  }
}

/** A third of the sockets for upstreams, half for clients, the rest for those who are one too many (FAULTS P-11). */
export function socketRoom(limit: number | null): SocketRoom | null {
  if (limit === null) return null;
  const sockets = Math.max(12, limit - OWN_FILES);
  const calls = Math.floor(sockets / 3);
  const connections = Math.floor(sockets / 2);
  return { calls, connections, refused: sockets - calls - connections };
}
