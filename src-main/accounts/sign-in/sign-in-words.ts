import type { SignInView } from '../../../src-shared/contract/sign-in.ts';

/** What a sign-in says to the person. */

/** While it waits. */
export const askFor = {
  browser: 'Open the address in a browser on this machine and sign in.',
  paste:
    'Open the address in a browser, sign in, and paste the address that it ends at, even if that page cannot be shown.',
  device: 'Open the address on any device, sign in, and type in the code. Go on only if you asked for it yourself.',
} as const;

export const expiredSentence = (method: SignInView['method']): string =>
  method === 'device'
    ? 'The code was not typed in in time. Start the sign-in again.'
    : 'Nobody signed in within 5 minutes. Start the sign-in again.';

export const unknownCallback = 'This is not an answer to a sign-in that Relay waits for. Nothing was changed.';
export const overSentence = 'This sign-in is over. Start a new one.';
export const tooMany = 'Too many sign-ins wait already. Finish or cancel one first.';
export const notTheAddress =
  'This is not the address that this sign-in ends at. Copy the whole address, from http to its end, out of the browser.';
