import type { SettingsStore } from './settings-store.ts';

/** The runtime keeps to the zone it began with, and asking for it costs more than all the rest. */
const machineZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The person's time zone: the setting, or else the machine's own. Read anew every time, so that a change counts at once. */
export const timeZoneOf = (settings: SettingsStore) => (): string => settings.get('time.zone') || machineZone;
