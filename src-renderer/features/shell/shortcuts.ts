/** One key by the name that the browser gives it, `Mod+` for Ctrl or, on a Mac, Command; two after one another with a space. */
type Keys = string;

interface Shortcut {
  /** All of them do it. */
  readonly keys: readonly Keys[];
  readonly name: string;
}

export interface ShortcutSection {
  readonly title: string;
  readonly shortcuts: Readonly<Record<string, Shortcut>>;
}

const section = <Name extends string>(title: string, shortcuts: Readonly<Record<Name, Shortcut>>) => ({
  title,
  shortcuts,
});

/** Every shortcut of the dashboard: what `useShortcuts` listens for and what the sheet shows. */
export const shortcutSections = {
  everywhere: section('Everywhere', {
    palette: { keys: ['Mod+k'], name: 'Find a page, a thing or something to do' },
    sheet: { keys: ['?'], name: 'Show these shortcuts' },
  }),
  calls: section('Calls', {
    next: { keys: ['j', 'ArrowDown'], name: 'Next call' },
    previous: { keys: ['k', 'ArrowUp'], name: 'Previous call' },
    open: { keys: ['Enter'], name: 'Open the call in full' },
    close: { keys: ['Escape'], name: 'Close it' },
    pause: { keys: ['p'], name: 'Hold the list, or let it flow' },
    newest: { keys: ['n'], name: 'Jump to the newest' },
    search: { keys: ['/'], name: 'Search' },
  }),
  settings: section('Settings', {
    search: { keys: ['/'], name: 'Search' },
  }),
  docs: section('Docs', {
    search: { keys: ['/'], name: 'Search' },
  }),
} as const;

export type ShortcutScope = keyof typeof shortcutSections;
export type ShortcutName<Scope extends ShortcutScope> = keyof (typeof shortcutSections)[Scope]['shortcuts'];

/** `g` and a letter go to each page. */
export const jumpKeys = (jump: string): Keys => `g ${jump}`;

export const isMac = (): boolean => /Mac|iP(hone|ad)/.test(navigator.platform);

const signs: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  Enter: 'Enter',
  Escape: 'Esc',
};

/** Each key of these as it stands on a keyboard: `Ctrl` and `K`, `g` and `c`. */
export function keysInWords(keys: Keys, mac = isMac()): string[] {
  return keys.split(' ').flatMap((key) => {
    if (key.startsWith('Mod+')) return [mac ? '⌘' : 'Ctrl', key.slice(4).toUpperCase()];
    return [signs[key] ?? key];
  });
}
