import { clipboard, dialog, shell } from 'electron';
import { keyCreateSchema } from '../../src-shared/contract/key.ts';
import type { RelayLink } from './relay-link.ts';
import type { TrayAction } from './tray-menu.ts';
import type { Updates } from './updates.ts';

export interface TrayActionPorts {
  readonly link: RelayLink;
  readonly open: (path: string | null) => void;
  readonly updates: Updates;
  readonly quit: () => void;
  readonly isExternalLink: (url: string) => boolean;
  readonly tell: (title: string, body: string) => void;
}

const PIN_MS = 3_600_000;

/** Does what was clicked. What Relay refuses is shown in its own words. */
export async function performTrayAction(action: TrayAction, ports: TrayActionPorts): Promise<void> {
  try {
    await perform(action, ports);
  } catch (error) {
    dialog.showErrorBox('Relay', error instanceof Error ? error.message : String(error));
  }
}

async function perform(action: TrayAction, { link, open, updates, quit, isExternalLink, tell }: TrayActionPorts) {
  const { accounts, keys, pause, settings, signIns, tunnel, url } = link;
  switch (action.do) {
    case 'pause':
      return pause.pause({}, 'tray');
    case 'resume':
      return pause.resume('tray');
    case 'close-tunnel':
      return tunnel.stop('tray');
    case 'enable':
      return accounts.setEnabled(action.id, action.on);
    case 'pin':
      return accounts.pin(action.id, PIN_MS);
    case 'unpin':
      return accounts.unpin(action.id);
    case 'rest':
      return accounts.restUntilReset(action.id);
    case 'wake':
      return accounts.wake(action.id);
    case 'sign-in': {
      const { url: page } = await signIns.start({ method: 'browser', accountId: action.id });
      if (page !== null && isExternalLink(page)) await shell.openExternal(page);
      return;
    }
    case 'copy-url':
      return clipboard.writeText(`${url}/v1`);
    case 'copy-key': {
      const { secret, key } = await keys.create(keyCreateSchema.parse({ name: 'From the tray' }));
      await clipboard.writeText(secret);
      return tell('A new key is on the clipboard', `It is named ${key.name} and is shown nowhere again.`);
    }
    case 'open':
      return open(action.path);
    case 'launch-at-login':
      return settings.patch({ 'desktop.launchAtLogin': action.on });
    case 'check-update':
      return updates.check();
    case 'install-update':
      return updates.install();
    case 'quit':
      return quit();
  }
}
