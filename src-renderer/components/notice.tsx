import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

const kinds = {
  info: { icon: Info, look: 'border-line bg-well text-muted', role: undefined },
  warning: { icon: TriangleAlert, look: 'border-warn-fill/40 bg-warn-tint text-ink', role: undefined },
  error: { icon: CircleAlert, look: 'border-bad-fill/40 bg-bad-tint text-ink', role: 'alert' },
} as const;

const iconLooks = { info: 'text-muted', warning: 'text-warn', error: 'text-bad' } as const;

export function Notice({ kind = 'info', children }: { kind?: keyof typeof kinds; children: ReactNode }) {
  const { icon: Icon, look, role } = kinds[kind];
  return (
    <div role={role} className={`flex gap-2 rounded-md border px-3 py-2 ${look}`}>
      <Icon size={15} className={`mt-0.5 shrink-0 ${iconLooks[kind]}`} aria-hidden />
      <div className="min-w-0">{children}</div>
    </div>
  );
}
