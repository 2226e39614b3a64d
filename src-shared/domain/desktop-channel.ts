/** The name of the IPC channel of one call between the app's window and the app. */
export const desktopChannel = (call: string): string => `relay:${call}`;
