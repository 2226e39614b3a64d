import { Check } from 'lucide-react';
import { Link } from 'wouter';

export const steps = { account: 'Add an account', client: 'Connect a client', call: 'See the first call' } as const;
export type Step = keyof typeof steps;

export const isStep = (name: string | undefined): name is Step => name !== undefined && Object.hasOwn(steps, name);

/** Where one is, what is behind, and the way to each. */
export function FirstRunSteps({ here, done }: { here: Step; done: ReadonlySet<Step> }) {
  return (
    <nav aria-label="Steps">
      <ol className="grid gap-1 sm:grid-cols-3 sm:gap-2">
        {(Object.keys(steps) as Step[]).map((step, index) => (
          <li key={step}>
            <Link
              href={`/welcome/${step}`}
              aria-current={step === here ? 'step' : undefined}
              className="group flex items-center gap-2.5 rounded-md border border-transparent px-2.5 py-1.5 text-muted hover:bg-hover aria-[current=step]:border-line aria-[current=step]:bg-surface aria-[current=step]:font-medium aria-[current=step]:text-ink"
            >
              <span
                className={`grid size-5 shrink-0 place-items-center rounded-full border text-xs ${done.has(step) ? 'border-transparent bg-accent-fill text-on-accent' : 'border-line-strong'}`}
              >
                {done.has(step) ? <Check size={12} role="img" aria-label="done:" /> : index + 1}
              </span>
              {steps[step]}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
