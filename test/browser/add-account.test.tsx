import { describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { foundLogin } from '../unit/dashboard/samples.ts';
import { chooseOption } from './choose-option.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const terms = /may conflict with OpenAI’s terms. API keys are the sanctioned way/;
const shared = /each refresh token works once: sooner or later one of the two is signed out/;

async function openForm(way?: string) {
  const screen = await openApp('/accounts');
  await screen.getByRole('button', { name: 'Add account' }).click();
  const dialog = screen.getByRole('dialog', { name: 'Add an account' });
  if (way !== undefined) await dialog.getByText(way, { exact: true }).click();
  return { screen, dialog };
}

describe('an account is added', () => {
  it('by a sign-in in another tab that knows nothing of this one, and is followed to its end', async () => {
    const relay = fakeRelay();
    const url = 'https://auth.example.test/authorize?state=s';
    relay.state.signIn = { ...relay.state.signIn, url };
    const open = vi.spyOn(window, 'open').mockReturnValue(null);
    const { dialog } = await openForm();
    await expect.element(dialog.getByText(terms)).toBeVisible();
    await dialog.getByRole('textbox', { name: 'Name (optional)' }).fill(' home ');
    await dialog.getByRole('button', { name: 'Sign in with ChatGPT' }).click();
    await expect.element(dialog.getByText('Open the address in a browser on this machine and sign in.')).toBeVisible();
    const link = dialog.getByRole('link', { name: 'Open the sign-in page again' });
    await expect.element(link).toHaveAttribute('href', url);
    await expect.element(link).toHaveAttribute('rel', 'noopener noreferrer');
    expect(open.mock.calls).toEqual([[url, '_blank', 'noopener,noreferrer']]);
    relay.tellSignIns([{ ...relay.state.signIn, state: 'done', message: 'The account home was added.' }]);
    await expect.element(dialog.getByText('The account home was added.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(relay.changes()).toEqual([['POST', '/api/accounts/sign-ins', { method: 'browser', label: 'home' }]]);
  });

  it('by an address that is pasted, which is refused in words where it is another', async () => {
    const relay = fakeRelay();
    const { dialog } = await openForm();
    await dialog.getByRole('button', { name: 'Sign in with ChatGPT' }).click();
    await dialog.getByText('The page could not be shown? Paste its address').click();
    const field = dialog.getByRole('textbox', { name: 'Address that the browser ended at' });
    await field.fill('http://127.0.0.1:1455/other');
    relay.state.refuseNext = 'This is not the address that this sign-in ends at.';
    await dialog.getByRole('button', { name: 'Finish the sign-in' }).click();
    await expect
      .element(dialog.getByRole('alert'))
      .toHaveTextContent('This is not the address that this sign-in ends at.');
    await field.fill('http://127.0.0.1:1455/auth/callback?code=c&state=s');
    await dialog.getByRole('button', { name: 'Finish the sign-in' }).click();
    await expect.element(dialog.getByText('It is over.')).toBeVisible();
    expect(relay.changes().at(-1)).toEqual([
      'POST',
      '/api/accounts/sign-ins/signin_1/callback',
      { url: 'http://127.0.0.1:1455/auth/callback?code=c&state=s' },
    ]);
  });

  it('by another way where a program holds the port, which is named', async () => {
    const relay = fakeRelay();
    const { dialog } = await openForm();
    const busy = 'The sign-in cannot come back to this machine: codex (process 12) holds port 1455.';
    relay.state.refuseNext = busy;
    await dialog.getByRole('button', { name: 'Sign in with ChatGPT' }).click();
    await expect.element(dialog.getByRole('alert')).toHaveTextContent(busy);
    relay.state.signIn = { ...relay.state.signIn, method: 'paste' };
    await dialog.getByRole('button', { name: 'Paste the address instead' }).click();
    await expect.element(dialog.getByRole('textbox', { name: 'Address that the browser ended at' })).toBeVisible();
    expect(relay.changes().map(([, , body]) => body)).toEqual([{ method: 'browser' }, { method: 'paste' }]);
  });

  it('by a device code, which is shown, copied and gone with the dialog', async () => {
    const relay = fakeRelay();
    const url = 'https://auth.example.test/codex/device';
    relay.state.signIn = { ...relay.state.signIn, method: 'device', url, userCode: 'ABCD-1234' };
    const open = vi.spyOn(window, 'open').mockReturnValue(null);
    const copied = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    const { dialog } = await openForm('Device code');
    await dialog.getByRole('button', { name: 'Get a code' }).click();
    await expect.element(dialog.getByText('ABCD-1234')).toBeVisible();
    await expect.element(dialog.getByRole('link', { name: url })).toHaveAttribute('href', url);
    await dialog.getByRole('button', { name: 'Copy the code' }).click();
    expect([copied.mock.calls, open.mock.calls]).toEqual([[['ABCD-1234']], []]);
    await userEvent.keyboard('{Escape}');
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.poll(() => relay.changes().at(-1)).toEqual(['DELETE', '/api/accounts/sign-ins/signin_1', null]);
  });

  it('by a sign-in that is started again once it failed or ran out', async () => {
    const relay = fakeRelay();
    const { dialog } = await openForm();
    await dialog.getByRole('button', { name: 'Sign in with ChatGPT' }).click();
    await expect.element(dialog.getByText('Closing this gives the sign-in up.')).toBeVisible();
    const over = { ...relay.state.signIn, state: 'failed' as const, message: '<b>Declined</b> in the browser.' };
    relay.tellSignIns([over]);
    await expect.element(dialog.getByRole('alert')).toHaveTextContent('<b>Declined</b> in the browser.');
    relay.state.signIn = { ...relay.state.signIn, id: 'signin_2' };
    await dialog.getByRole('button', { name: 'Start again' }).click();
    await expect.element(dialog.getByText('Closing this gives the sign-in up.')).toBeVisible();
    relay.tellSignIns([{ ...relay.state.signIn, state: 'expired', message: 'Nobody signed in.' }]);
    await expect.element(dialog.getByText('Nobody signed in.')).toBeVisible();
    expect(relay.changes()).toHaveLength(2);
  });

  it('by a sign-in that is started again once Relay has forgotten it', async () => {
    const relay = fakeRelay();
    const { dialog } = await openForm();
    await dialog.getByRole('button', { name: 'Sign in with ChatGPT' }).click();
    await expect.element(dialog.getByText('Closing this gives the sign-in up.')).toBeVisible();
    relay.tellSignIns([]);
    await expect.element(dialog.getByText(/^Relay does not know of this sign-in any more/)).toBeVisible();
    await expect.element(dialog.getByRole('button', { name: 'Start again' })).toBeVisible();
  });

  it('never opens or links an address that is not one of the web', async () => {
    const relay = fakeRelay();
    const open = vi.spyOn(window, 'open').mockReturnValue(null);
    relay.state.signIn = { ...relay.state.signIn, url: 'javascript:document.title="owned"' };
    const { dialog } = await openForm();
    await dialog.getByRole('button', { name: 'Sign in with ChatGPT' }).click();
    await expect.element(dialog.getByText('Closing this gives the sign-in up.')).toBeVisible();
    expect([dialog.element().querySelectorAll('a').length, open.mock.calls]).toEqual([0, []]);
  });

  it('from a login on this machine: shared only where the person says so, or signed in to instead', async () => {
    const relay = fakeRelay();
    const known = { ...foundLogin, path: '/home/ada/work/auth.json', email: 'work@example.com', accountId: 'acc_1' };
    relay.state.found = [foundLogin, known];
    const { screen, dialog } = await openForm('Found here');
    await expect.element(dialog.getByText(shared)).toBeVisible();
    await expect.element(dialog.getByText(terms)).toBeVisible();
    const rows = dialog
      .getByRole('listitem')
      .elements()
      .map((row) => row.textContent);
    expect(rows[0]).toMatch(/^ada@example.complus\/home\/ada\/.codex\/auth.jsonrenewed .*Import and share$/);
    expect(rows[1]).toMatch(/In Relay already$/);
    await dialog.getByRole('button', { name: 'Import and share' }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(relay.changes()).toEqual([['POST', '/api/accounts/found', { path: foundLogin.path, acceptShared: true }]]);
    await screen.getByRole('button', { name: 'Add account' }).click();
    await dialog.getByText('Found here', { exact: true }).click();
    await dialog.getByRole('button', { name: 'Sign in instead' }).click();
    await expect.element(dialog.getByRole('button', { name: 'Sign in with ChatGPT' })).toBeVisible();
  });

  it('says where logins were looked for when there are none', async () => {
    fakeRelay();
    const { dialog } = await openForm('Found here');
    await expect.element(dialog.getByText(/No login of the Codex CLI was found on this machine/)).toBeVisible();
  });

  it('from an auth.json that is dropped, once the person knows what sharing means', async () => {
    const relay = fakeRelay();
    const { dialog } = await openForm('auth.json');
    await expect.element(dialog.getByText(terms)).toBeVisible();
    await expect.element(dialog.getByText(shared)).toBeVisible();
    const transfer = new DataTransfer();
    transfer.items.add(new File(['{"tokens":{}}'], 'auth.json', { type: 'application/json' }));
    const zone = dialog.getByText('Drop an auth.json here, or choose one').element();
    const over = new DragEvent('dragover', { bubbles: true, cancelable: true, dataTransfer: transfer });
    zone.dispatchEvent(over);
    zone.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
    await expect.element(dialog.getByRole('textbox', { name: 'Text of auth.json' })).toHaveValue('{"tokens":{}}');
    expect(over.defaultPrevented).toBe(true);
    await dialog.getByRole('checkbox', { name: /I know that one of the two programs will be signed out/ }).click();
    await dialog.getByRole('button', { name: 'Import login' }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(relay.changes()).toEqual([
      ['POST', '/api/accounts', { type: 'auth-json', content: '{"tokens":{}}', acceptShared: true }],
    ]);
  });

  it('from a text only where it is JSON', async () => {
    const relay = fakeRelay();
    const { dialog } = await openForm('auth.json');
    await dialog.getByRole('textbox', { name: 'Text of auth.json' }).fill('not json');
    await dialog.getByRole('button', { name: 'Import login' }).click();
    await expect
      .element(dialog.getByRole('alert'))
      .toHaveTextContent('This is not the text of an auth.json: it must be one JSON object.');
    expect(relay.changes()).toEqual([]);
  });

  it('by API key, with the address and the protocol of its service', async () => {
    const relay = fakeRelay();
    const { dialog } = await openForm('API key');
    const secret = dialog.getByLabelText('API key', { exact: true }).last();
    await expect.element(secret).toHaveAttribute('type', 'password');
    await expect.element(dialog.getByText(terms)).not.toBeInTheDocument();
    await dialog.getByPlaceholder('work').fill('work');
    await dialog.getByRole('textbox', { name: 'Base URL' }).fill('https://api.example.test/v1');
    await chooseOption(dialog.getByRole('combobox', { name: 'It speaks' }), 'Chat Completions');
    await secret.fill(' sk-test ');
    await dialog.getByRole('button', { name: 'Add account' }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    const key = {
      type: 'api-key',
      apiKey: 'sk-test',
      wire: 'chat',
      label: 'work',
      baseUrl: 'https://api.example.test/v1',
    };
    expect(relay.changes()).toEqual([['POST', '/api/accounts', key]]);
  });

  it('says why a key was refused, keeps what was typed, and keeps one unchecked where nobody can be asked', async () => {
    const relay = fakeRelay();
    const { dialog } = await openForm('API key');
    const secret = dialog.getByLabelText('API key', { exact: true }).last();
    await secret.fill('sk-test');
    relay.state.refuseNext = 'This key was refused.';
    await dialog.getByRole('button', { name: 'Add account' }).click();
    await expect.element(dialog.getByRole('alert')).toHaveTextContent('This key was refused.');
    await expect.element(secret).toHaveValue('sk-test');
    await expect.element(dialog.getByRole('button', { name: 'Keep it unchecked' })).not.toBeInTheDocument();
    relay.state.refuseNext = 'It could not be checked and was not kept.';
    relay.state.refuseParam = 'unchecked';
    await dialog.getByRole('button', { name: 'Add account' }).click();
    await dialog.getByRole('button', { name: 'Keep it unchecked' }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    const key = { type: 'api-key', apiKey: 'sk-test', wire: 'responses' };
    expect(relay.changes().map(([, , body]) => body)).toEqual([key, key, { ...key, unchecked: true }]);
  });
});
