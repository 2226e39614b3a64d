import { beforeEach, describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { chatgptTerms } from '../../src-shared/domain/terms.ts';
import { account, call } from '../unit/dashboard/samples.ts';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

beforeEach(() => localStorage.removeItem('relay.first-run'));

const heading = (name: string) => ({ name, level: 2 }) as const;

describe('the first steps', () => {
  it('are shown where there is no account, with what OpenAI’s terms say before anything is added', async () => {
    const relay = fakeRelay();
    relay.state.accounts = [];
    const screen = await openApp('/');
    await expect.element(screen.getByRole('heading', { name: 'Welcome', level: 1 })).toBeVisible();
    await expect.poll(() => location.pathname).toBe('/welcome');
    await expect.element(screen.getByText(chatgptTerms)).toBeVisible();
    await expect.element(screen.getByRole('radio', { name: 'Sign in', exact: true })).toBeChecked();
    await expect.element(screen.getByText('relay demo', { exact: true })).toBeVisible();
    await expectNoAxeViolations();
    expect(relay.changes()).toEqual([]);
  });

  it('begin with a login that was found here, and go on once it is imported', async () => {
    const relay = fakeRelay();
    relay.state.accounts = [];
    relay.state.found = [
      {
        path: '/home/me/.codex/auth.json',
        kind: 'openai',
        email: null,
        plan: null,
        upstreamAccountId: null,
        lastRefreshAt: null,
        accountId: null,
      },
    ];
    const screen = await openApp('/welcome');
    await screen.getByRole('button', { name: 'Import' }).click();
    await expect.element(screen.getByRole('heading', heading('Connect a client'))).toHaveFocus();
    expect(relay.changes().map(([, path]) => path)).toEqual(['/api/accounts/found']);
  });

  it('lead from a client that Relay sets up to its first call, as it arrives', async () => {
    const relay = fakeRelay();
    relay.state.calls = [];
    const screen = await openApp('/welcome');
    await screen.getByRole('button', { name: 'Set it up for me' }).click();
    await screen.getByRole('button', { name: 'Write this' }).click();
    await expect.element(screen.getByText(/Relay answered with 3 models\./)).toBeVisible();
    await expectNoAxeViolations();
    await screen.getByRole('button', { name: 'Go on' }).click();
    await expect.element(screen.getByText(/Waiting for the first call\. Ask Codex something/)).toBeVisible();
    relay.emit('call', { ...call, id: 'call_other', keyId: 'key_1', startedAt: Date.now() });
    const first = { ...call, id: 'call_first', keyId: 'key_2', startedAt: Date.now() };
    relay.emit('call', { ...first, status: 'inflight', httpStatus: null, durationMs: null });
    await expect.element(screen.getByText('Your first call is here')).toBeVisible();
    await expect.element(screen.getByText(/^In flight/)).toBeVisible();
    relay.emit('call', first);
    await expect.element(screen.getByText(/^OK/)).toBeVisible();
    await expect
      .element(screen.getByRole('link', { name: 'See all that is known of it' }))
      .toHaveAttribute('href', '/calls/call_first');
    await expectNoAxeViolations();
    await screen.getByRole('button', { name: 'Finish' }).click();
    await expect.element(screen.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
    await expect
      .element(screen.getByText('The first steps are not finished.', { exact: false }))
      .not.toBeInTheDocument();
  });

  it('send a real call from the page with a key that ends with it', async () => {
    const relay = fakeRelay();
    relay.state.calls = [];
    const sent: unknown[] = [];
    const api = window.fetch;
    vi.stubGlobal('fetch', async (input: string, init: RequestInit = {}) => {
      if (input !== '/v1/responses') return api(input, init);
      sent.push([new Headers(init.headers).get('authorization'), init.credentials, JSON.parse(String(init.body))]);
      return Response.json({ output: [{ type: 'reasoning' }, { content: [{ text: 'Hello from the model.' }] }] });
    });
    const screen = await openApp('/welcome/call');
    await screen.getByRole('button', { name: 'Send one from here' }).click();
    await expect.element(screen.getByText(/Hello from the model\./)).toBeVisible();
    relay.emit('call', { ...call, id: 'call_first', keyId: 'key_1', startedAt: Date.now() });
    await expect.element(screen.getByText('Your first call is here')).toBeVisible();
    expect(sent).toEqual([
      ['Bearer relay_the-secret', 'omit', { model: 'gpt-5.5', input: 'Say hello in five words.', store: false }],
    ]);
    await expect.poll(() => relay.changes().map(([, path]) => path)).toEqual(['/api/keys', '/api/keys/key_1/revoke']);
    expect(Object.values(localStorage).join()).not.toContain('relay_the-secret');
  });

  it('say why the first call failed', async () => {
    const relay = fakeRelay();
    relay.state.calls = [];
    const screen = await openApp('/welcome/call');
    await expect.element(screen.getByText(/Waiting for the first call/)).toBeVisible();
    const reason = 'No account has the model gpt-9.';
    relay.emit('call', {
      ...call,
      id: 'call_x',
      startedAt: Date.now() + 1_000,
      status: 'error',
      httpStatus: 404,
      reason,
    });
    await expect.element(screen.getByText(reason)).toBeVisible();
  });

  it('can be skipped, taken up again, and left for good', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/welcome', [320, 640]);
    await expect.element(screen.getByRole('heading', heading('Connect a client'))).toBeVisible();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
    await screen.getByRole('button', { name: 'Skip for now' }).click();
    await expect.element(screen.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
    await expect.element(screen.getByRole('link', { name: 'Go on with them' })).not.toBeInTheDocument();
    relay.state.accounts = [account];
    relay.state.calls = [];
    localStorage.setItem('relay.first-run', JSON.stringify({ state: 'open', client: 'curl', keyId: null }));
    await userEvent.keyboard('gw');
    await expect.element(screen.getByRole('combobox', { name: 'Which program do you use?' })).toHaveTextContent('curl');
    await userEvent.keyboard('go');
    await screen.getByRole('link', { name: 'Go on with them' }).click();
    await expect.element(screen.getByRole('heading', heading('Connect a client'))).toBeVisible();
  });

  it('are over for whoever connected a client at the command line and has been answered', async () => {
    const relay = fakeRelay();
    relay.state.calls = [];
    relay.state.clients = relay.state.clients.map((each) =>
      each.id === 'codex' ? { ...each, state: 'connected' } : each,
    );
    const screen = await openApp('/welcome');
    await expect.element(screen.getByText(/Waiting for the first call/)).toBeVisible();
    relay.state.calls = [call];
    await userEvent.keyboard('go');
    await expect.element(screen.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
    await expect.element(screen.getByRole('link', { name: 'Go on with them' })).not.toBeInTheDocument();
  });
});
