/** What it takes of a KeyboardEvent. */
export interface Press {
  readonly key: string;
  readonly code: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly timeStamp: number;
}

/** How long after a first key a second one still belongs to it, ms. */
const togetherMs = 1_500;

/** Keys that wait for another one. */
const firstKeys: ReadonlySet<string> = new Set(['g']);

/**
 * Names what is pressed as shortcuts are named: `j`, `?`, `Mod+k`, or `g c` for two one after another; `null` where a key is
 * waited for, or is none that a shortcut may have.
 */
export function createPressedKeys(mac: boolean) {
  let first: { readonly key: string; readonly at: number } | null = null;

  return (press: Press): string | null => {
    const key = nameOf(press, mac);
    const before = first !== null && press.timeStamp - first.at <= togetherMs ? first.key : null;
    if (key !== 'Shift') first = null;
    if (key === null || key === 'Shift') return null;
    if (before !== null) return `${before} ${key}`;
    if (!firstKeys.has(key)) return key;
    first = { key, at: press.timeStamp };
    return null;
  };
}

function nameOf({ key, code, altKey, ctrlKey, metaKey, shiftKey }: Press, mac: boolean): string | null {
  const mod = mac ? metaKey : ctrlKey;
  if (altKey || (mac ? ctrlKey : metaKey)) return null;
  const name = /^[ -~]$/.test(key) && !/[a-z]/i.test(key) ? key : letterOf(key, code, shiftKey);
  if (mod) return shiftKey ? null : `Mod+${name}`;
  return name;
}

/** A letter by its place on the keyboard where the script has no Latin ones; Caps Lock makes no other key of it. */
function letterOf(key: string, code: string, shiftKey: boolean): string {
  if (key.length > 1) return key;
  const letter = /[a-z]/i.test(key) ? key : (/^Key([A-Z])$/.exec(code)?.[1] ?? key);
  return shiftKey ? letter.toUpperCase() : letter.toLowerCase();
}
