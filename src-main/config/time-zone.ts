import type { SettingsStore } from './settings-store.ts';

/** The person's time zone: the setting, or else the machine's own. Read anew every time, so that a change counts at once. */
export const timeZoneOf = (settings: SettingsStore) => (): string =>
  settings.get('time.zone') || Intl.DateTimeFormat().resolvedOptions().timeZone;
