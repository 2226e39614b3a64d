import { Link } from 'wouter';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/page.tsx';
import type { UsageState } from './usage-state.ts';

interface NoUsageProps {
  readonly state: UsageState;
  readonly onChange: (change: Partial<UsageState>) => void;
}

/** Why there is nothing to see, and the way to something. */
export function NoUsage({ state, onChange }: NoUsageProps) {
  if (Object.keys(state.filters).length > 0) {
    return (
      <EmptyState title="No call in this window matches">
        <Button onClick={() => onChange({ filters: {} })}>Show all calls</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No calls in this window">
      {state.window === '12m' ? (
        <p>
          Point a client at Relay, and what it uses appears here.{' '}
          <Link href="/keys" className="text-accent underline">
            Create a key
          </Link>
        </p>
      ) : (
        <Button onClick={() => onChange({ window: '12m' })}>Show the last 12 months</Button>
      )}
    </EmptyState>
  );
}
