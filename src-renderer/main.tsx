import './api/jitless.ts';
import './styles/app.css';
import { QueryClient } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client.ts';
import { createLive } from './api/live.ts';
import { App } from './app.tsx';
import { preloadPageOf } from './features/shell/pages.ts';
import { restoreTheme } from './features/shell/theme.ts';

restoreTheme();
preloadPageOf(location.pathname);

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Live events keep what was read up to date; a refusal stays one however often it is asked for.
      staleTime: 60_000,
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.status === 0,
    },
  },
});

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App queries={queries} live={createLive(queries)} />
    </StrictMode>,
  );
}
