const name = 'relay.last-visit';
let last: number | null | undefined;

const leave = (): void => localStorage.setItem(name, String(Date.now()));

/** When this dashboard was last seen before now, ms; `null` at the first visit. It stays the same until the page is loaded anew. */
export function lastVisitAt(): number | null {
  if (last !== undefined) return last;
  const stored = Number(localStorage.getItem(name));
  last = Number.isFinite(stored) && stored > 0 ? stored : null;
  window.addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave();
  });
  return last;
}

/** As if the page were loaded anew. */
export function forgetVisit(): void {
  last = undefined;
}
