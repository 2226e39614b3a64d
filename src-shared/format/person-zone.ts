/**
 * The time zone in which sentences tell times: an IANA name, or `undefined` for this machine's own. One program serves one
 * person, so it is the program's, as the variable TZ is: Relay lets it follow the setting time.zone.
 */
export const personZone: { read: () => string | undefined } = { read: () => undefined };
