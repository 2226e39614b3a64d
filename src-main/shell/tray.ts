import { join } from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import type { TrayAction, TrayItem } from './tray-menu.ts';
import type { TrayMood } from './tray-state.ts';

export interface TrayFace {
  readonly mood: TrayMood;
  readonly tooltip: string;
  readonly items: readonly TrayItem[];
}

/** The icon and its menu, as they were shown last. */
export interface ShownTray {
  show(face: TrayFace): void;
  destroy(): void;
}

export interface TrayPorts {
  /** Where the icons are. */
  readonly folder: string;
  readonly perform: (action: TrayAction) => void;
  /** The icon itself was clicked, on systems where that does not open the menu. */
  readonly clicked: () => void;
  readonly platform: NodeJS.Platform;
}

export function showTray(ports: TrayPorts): ShownTray {
  const { folder, perform, clicked, platform } = ports;
  const image = (mood: TrayMood) => {
    // macOS colours a template by itself, whatever the menu bar looks like.
    const name = platform === 'darwin' ? `${mood}Template.png` : platform === 'win32' ? `${mood}.ico` : `${mood}.png`;
    const icon = nativeImage.createFromPath(join(folder, name));
    if (platform === 'darwin') icon.setTemplateImage(true);
    return icon;
  };
  const tray = new Tray(image('ok'));
  if (platform !== 'darwin') tray.on('click', clicked);
  let shown = { mood: 'ok' as TrayMood, tooltip: '', menu: '' };
  return {
    show({ mood, tooltip, items }) {
      const next = { mood, tooltip, menu: JSON.stringify(items) };
      if (next.mood !== shown.mood) tray.setImage(image(mood));
      if (next.tooltip !== shown.tooltip) tray.setToolTip(tooltip);
      // On Linux a menu that is shown once cannot be changed, only set again; the others do not mind.
      if (next.menu !== shown.menu) tray.setContextMenu(Menu.buildFromTemplate(trayTemplate(items, perform)));
      shown = next;
    },
    destroy: () => tray.destroy(),
  };
}

/** Items as Electron takes them. */
function trayTemplate(items: readonly TrayItem[], perform: TrayPorts['perform']): MenuItemConstructorOptions[] {
  return items.map(({ action, submenu, ...item }) => ({
    ...item,
    ...(submenu === undefined ? {} : { submenu: trayTemplate(submenu, perform) }),
    ...(action === undefined ? {} : { click: () => perform(action) }),
  }));
}
