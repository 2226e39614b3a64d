import '../../src-renderer/styles/app.css';
import { QueryClient } from '@tanstack/react-query';
import { onTestFinished } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { createLive } from '../../src-renderer/api/live.ts';
import { App } from '../../src-renderer/app.tsx';

/** The whole app at one of its addresses, against whatever `fetch` answers. */
export async function openApp(address: string, [width, height] = [1280, 800]) {
  await page.viewport(width ?? 1280, height ?? 800);
  const before = location.href;
  history.replaceState(null, '', address);
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const live = createLive(queries);
  const screen = await render(
    <div style={{ height: '100vh' }}>
      <App queries={queries} live={live} />
    </div>,
  );
  onTestFinished(() => {
    live.connection.close();
    history.replaceState(null, '', before);
  });
  return screen;
}
