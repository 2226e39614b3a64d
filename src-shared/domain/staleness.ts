import { isOver, type QuotaWindow } from './window.ts';

/** How an account is used, as far as it says how fast its readings age. */
export interface AccountUse {
  readonly inFlight: number;
  /** When its last attempt began (ms). */
  readonly lastUsedAt: number;
}

/** Three times what Relay waits between two readings of an account in use. */
const USED_MS = 15 * 60_000;
/** Two and a half times what it waits while the account is idle. */
const IDLE_MS = 150 * 60_000;

/** Why a reading is too old for how its account is used; `null` while it is not. It says nothing against the account. */
export function staleReason(window: QuotaWindow, use: AccountUse, now: number): string | null {
  if (isOver(window, now)) return 'The window has reset since it was read.';
  const age = now - window.readAt;
  const usedSince = use.inFlight > 0 || use.lastUsedAt > window.readAt;
  if (usedSince && age > USED_MS) return 'Calls ran on this account after it was read.';
  return age > IDLE_MS ? 'It has not been read for hours.' : null;
}
