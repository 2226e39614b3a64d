import { type IpcMainInvokeEvent, ipcMain } from 'electron';
import {
  type DesktopCallName,
  type DesktopInput,
  type DesktopOutput,
  desktopCalls,
} from '../../src-shared/contract/desktop.ts';
import { desktopChannel } from '../../src-shared/domain/desktop-channel.ts';
import { isOfOrigin } from './window-security.ts';

export type WindowAnswers = {
  readonly [Name in DesktopCallName]: (input: DesktopInput<Name>) => Promise<DesktopOutput<Name>>;
};

export interface WindowCallPorts {
  /** Relay's own; `null` while there is none to trust. */
  readonly origin: () => string | null;
  /** True for the contents of Relay's own window. */
  readonly isOurs: (contents: IpcMainInvokeEvent['sender']) => boolean;
  readonly answers: WindowAnswers;
  /** Told of what was refused: it is a fault or an attack. */
  readonly refused: (call: DesktopCallName, why: string) => void;
}

/**
 * Answers the window's calls: only those of Relay's own page, in the main frame of Relay's own window, and only with what the
 * contract allows (FAULTS B-16). What is refused reaches nothing, and the page learns nothing but that.
 */
export function answerWindowCalls(ports: WindowCallPorts): void {
  for (const name of Object.keys(desktopCalls) as DesktopCallName[]) {
    ipcMain.handle(desktopChannel(name), (event, given: unknown) => answer(ports, name, event, given));
  }
}

async function answer<Name extends DesktopCallName>(
  { origin, isOurs, answers, refused }: WindowCallPorts,
  name: Name,
  event: IpcMainInvokeEvent,
  given: unknown,
): Promise<DesktopOutput<Name>> {
  const refuse = (why: string): Error => {
    refused(name, why);
    return new Error('Refused.');
  };
  const home = origin();
  // A frame that has navigated away or is gone has no frame to trust.
  const frame = event.senderFrame;
  if (!isOurs(event.sender)) throw refuse('it came from another window');
  if (frame === null || frame.parent !== null) throw refuse('it came from a frame inside the page');
  if (home === null || frame.origin !== home || !isOfOrigin(frame.url, home)) throw refuse('it came from another page');
  const input = desktopCalls[name].input.safeParse(given);
  if (!input.success) throw refuse('it is not what the contract allows');
  return answers[name](input.data as DesktopInput<Name>);
}
