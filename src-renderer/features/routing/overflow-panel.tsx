import { Link } from 'wouter';
import type { RoutingView } from '../../../src-shared/contract/routing.ts';
import { Panel } from '../../components/panel.tsx';
import { UsageBar } from '../../components/usage-bar.tsx';
import { formatMoney } from '../../format/figures.ts';

/** What metered keys cost today where they stood in for subscriptions, and where that ends. */
export function OverflowPanel({ overflow: { spentMicroUsd, ceilingMicroUsd } }: Pick<RoutingView, 'overflow'>) {
  return (
    <Panel
      title="Overflow to metered keys"
      action={
        <Link href="/settings?show=overflow.dailyMicroUsd" className="text-accent hover:underline">
          Change the ceiling
        </Link>
      }
    >
      <div className="grid gap-2 px-4 py-3">
        <UsageBar label="Spent today" used={spentMicroUsd} limit={ceilingMicroUsd} format={formatMoney} />
        <p className="text-sm text-muted">
          {ceilingMicroUsd === 0
            ? 'The ceiling is nothing: no metered key stands in for spent subscriptions.'
            : spentMicroUsd >= ceilingMicroUsd
              ? 'The ceiling is reached: until tomorrow no metered key stands in for spent subscriptions.'
              : 'Keys that allow it may use a metered account when no subscription can serve, up to this a day.'}
        </p>
      </div>
    </Panel>
  );
}
