const storageName = 'relay.palette';
const keptAtMost = 6;

/** Ids of what was done lately in this browser, the last one first. */
export function recentCommands(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageName) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string').slice(0, keptAtMost) : [];
  } catch {
    return [];
  }
}

export function rememberCommand(id: string): void {
  const ids = [id, ...recentCommands().filter((one) => one !== id)].slice(0, keptAtMost);
  localStorage.setItem(storageName, JSON.stringify(ids));
}
