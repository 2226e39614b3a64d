import { CSPProvider } from '@base-ui/react/csp-provider';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Suspense, useEffect, useState } from 'react';
import { Link, Redirect, Route, Switch } from 'wouter';
import { ApiError, messageOf } from './api/client.ts';
import { type Live, LiveProvider, useLiveState, useReconnect } from './api/live.ts';
import { EmptyState, LoadingState, Page } from './components/page.tsx';
import { PageBoundary } from './components/page-boundary.tsx';
import { Said } from './components/said.tsx';
import { ConnectionBanner } from './features/shell/connection-banner.tsx';
import { Navigation } from './features/shell/navigation.tsx';
import { Overlays } from './features/shell/overlays.tsx';
import { pages, preloadAllPages } from './features/shell/pages.ts';
import { PauseBanner } from './features/shell/pause-banner.tsx';
import { bringsToken, enterFromHash } from './features/shell/session-gate.ts';
import { SignedOutPage } from './features/shell/signed-out-page.tsx';
import { TunnelBanner } from './features/shell/tunnel-banner.tsx';
import { useRenewal } from './features/shell/use-renewal.ts';

export function App({ queries, live }: { queries: QueryClient; live: Live }) {
  return (
    // The page's policy takes no inline style elements.
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <LiveProvider value={live}>
          <Entrance live={live} />
        </LiveProvider>
      </QueryClientProvider>
    </CSPProvider>
  );
}

/** Lets a person in who brought a one-time token, then keeps the live connection while the page can be seen. */
function Entrance({ live }: { live: Live }) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const { state } = useLiveState();
  const reconnect = useReconnect();

  useEffect(() => {
    const enter = () =>
      enterFromHash()
        .then(
          () => setRefusal(null),
          (error: unknown) => setRefusal(error instanceof ApiError && error.status === 401 ? messageOf(error) : null),
        )
        .then(live.connection.connect);
    // Browsers open few connections to one host: a page that nobody sees gives its own back.
    const onVisibility = () => {
      if (document.visibilityState === 'visible') live.connection.connect();
      else live.connection.close();
    };
    const onHash = () => {
      if (bringsToken()) void enter();
    };
    void enter();
    window.addEventListener('hashchange', onHash);
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      window.removeEventListener('hashchange', onHash);
      document.removeEventListener('visibilitychange', onVisibility);
      live.connection.close();
    };
  }, [live]);

  if (state === 'signed-out') return <SignedOutPage reason={refusal} onRetry={reconnect} />;
  if (state === 'connecting') return <LoadingState />;
  return <Shell />;
}

function Shell() {
  useEffect(preloadAllPages, []);
  useRenewal();
  return (
    <div className="isolate flex h-full flex-col sm:flex-row">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-md focus:bg-raised focus:px-3 focus:py-1.5"
      >
        Skip to content
      </a>
      <Navigation />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <ConnectionBanner />
        <PauseBanner />
        <TunnelBanner />
        <Suspense fallback={<LoadingState />}>
          <Switch>
            <Route path="/overview">
              <Redirect to="/" replace />
            </Route>
            <Route path="/status">
              <Redirect to="/status/parts" replace />
            </Route>
            {pages.map(({ pattern, component: Shown }) => (
              <Route key={pattern} path={pattern}>
                <PageBoundary>
                  <Shown />
                </PageBoundary>
              </Route>
            ))}
            <Route>
              <Page title="Not found">
                <EmptyState title="There is no such page">
                  <Link href="/" className="text-accent underline">
                    Go to the overview
                  </Link>
                </EmptyState>
              </Page>
            </Route>
          </Switch>
        </Suspense>
      </div>
      <Overlays />
      <Said />
    </div>
  );
}
