import { Dialog } from '../../components/dialog.tsx';
import { KeyCaps } from '../../components/key-caps.tsx';
import { pages } from './pages.ts';
import { jumpKeys, keysInWords, type ShortcutSection, shortcutSections } from './shortcuts.ts';

/** All shortcuts, from the same list that is listened for. */
export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" wide onClose={onClose}>
      <div className="grid items-start gap-x-8 gap-y-5 sm:columns-2 sm:block">
        {listed().map(({ title, shortcuts }) => (
          <section key={title} aria-label={title} className="break-inside-avoid sm:mb-5">
            <h3 className="mb-1 font-semibold">{title}</h3>
            <dl>
              {Object.entries(shortcuts).map(([name, shortcut]) => (
                <div key={name} className="flex items-center justify-between gap-4 border-t border-line py-1">
                  <dt>{shortcut.name}</dt>
                  <dd className="flex items-center gap-1.5 text-sm text-muted">
                    {shortcut.keys.map((keys, index) => (
                      <span key={keys} className="inline-flex items-center gap-1.5">
                        {index > 0 && 'or'}
                        <KeyCaps keys={keysInWords(keys)} />
                      </span>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="text-sm text-muted">None of them does anything while you type, except those with Ctrl or ⌘.</p>
    </Dialog>
  );
}

/** Jumps to pages come first after what works everywhere. */
function listed(): ShortcutSection[] {
  const { everywhere, ...others } = shortcutSections;
  const jumps = pages.map(({ jump, title }) => [jump, { keys: [jumpKeys(jump)], name: title }] as const);
  return [everywhere, { title: 'Go to', shortcuts: Object.fromEntries(jumps) }, ...Object.values(others)];
}
