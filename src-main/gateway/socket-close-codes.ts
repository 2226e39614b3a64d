/** Why Relay closes a WebSocket (RFC 6455, 7.4.1, and its registry). */
export const closeCodes = { notText: 1003, policy: 1008, tooLarge: 1009, restart: 1012 } as const;
