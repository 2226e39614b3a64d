import type { MenuItemConstructorOptions } from 'electron';

export interface AppMenuActions {
  readonly open: (path: string) => void;
  readonly quit: () => void;
}

const pages = [
  ['Overview', '/overview'],
  ['Calls', '/calls'],
  ['Accounts', '/accounts'],
  ['Usage', '/usage'],
  ['Keys', '/keys'],
] as const;

/** The menu bar and with it every shortcut. Nothing in it opens developer tools. */
export function appMenu(platform: NodeJS.Platform, { open, quit }: AppMenuActions): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const own: MenuItemConstructorOptions[] = isMac
    ? [
        {
          label: 'Relay',
          submenu: [
            { role: 'about' },
            { type: 'separator' },
            { role: 'hide' },
            { role: 'hideOthers' },
            { role: 'unhide' },
            { type: 'separator' },
            { label: 'Quit Relay', accelerator: 'Cmd+Q', click: quit },
          ],
        },
      ]
    : [];
  return [
    ...own,
    {
      label: '&File',
      submenu: [
        { label: 'Close window', role: 'close' },
        ...(isMac ? [] : [{ label: 'Quit Relay', accelerator: 'Ctrl+Q', click: quit }]),
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        ...pages.map(([label, path], index) => ({
          label,
          accelerator: `CommandOrControl+${index + 1}`,
          click: () => open(path),
        })),
        { type: 'separator' },
        { role: 'reload' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ];
}
