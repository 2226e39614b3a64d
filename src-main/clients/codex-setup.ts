import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Machine } from '../config/data-folder.ts';
import { tomlText } from './config-text/toml-text.ts';
import type { Setting } from './setting-edit.ts';
import type { ClientSetup, SetupContext, SetupPlan } from './setup.ts';

/** The Codex CLI, its editor extensions and its app: they share one configuration (PROTOCOL 7). */
export const codexSetup: ClientSetup = {
  id: 'codex',
  name: 'Codex',
  programs: ['codex'],
  signs: (machine) => [codexHome(machine)],
  async plan(context) {
    const home = codexHome(context.machine);
    const path = join(home, 'config.toml');
    const token = loginToken(context.read(join(home, 'auth.json')));
    const provider = providerOf(context.read(path));
    const takesLogin = token !== null && (await context.accepts(token));
    return takesLogin ? withOwnLogin(context, path, provider, token) : withKey(context, path, provider, token !== null);
  },
};

/**
 * Codex lists only sessions of the provider that is chosen now (openai/codex#9054), so the built-in one is kept wherever
 * Relay takes the login that it sends.
 */
function withOwnLogin({ url, baseUrl }: SetupContext, path: string, provider: string, token: string): SetupPlan {
  const settings: Setting[] = [
    { path: ['openai_base_url'], value: baseUrl },
    { path: ['chatgpt_base_url'], value: `${url}/backend-api/` },
    ...(provider === 'openai' ? [] : [{ path: ['model_provider'], value: 'openai' }]),
  ];
  const notes = [
    'Codex goes on sending its own login, which Relay has linked; it gets no key. Its sessions stay listed.',
    ...(provider === 'openai' ? [] : [otherProvider(provider)]),
  ];
  return { edits: [{ path, format: 'toml', settings }], sends: { kind: 'login', token }, notes, steps: [] };
}

/** The key is written in: apps that are not started from a shell see no variables of one. */
function withKey({ baseUrl, secret }: SetupContext, path: string, provider: string, hasLogin: boolean): SetupPlan {
  const at = ['model_providers', 'relay'];
  const settings: Setting[] = [
    { path: ['model_provider'], value: 'relay' },
    { path: [...at, 'name'], value: 'Relay' },
    { path: [...at, 'base_url'], value: baseUrl },
    { path: [...at, 'wire_api'], value: 'responses' },
    { path: [...at, 'experimental_bearer_token'], value: secret },
    { path: [...at, 'supports_websockets'], value: true },
  ];
  const notes = [
    ...(provider === 'relay' ? [] : [otherProvider(provider)]),
    ...(hasLogin && provider === 'openai'
      ? [
          'To keep them listed, link the login that Codex has and connect again: relay accounts import --yes ~/.codex/auth.json',
        ]
      : []),
  ];
  return { edits: [{ path, format: 'toml', settings }], sends: { kind: 'key' }, notes, steps: [] };
}

const otherProvider = (provider: string): string =>
  `Codex lists only sessions of the provider in use: those of "${provider}" are hidden while this is on (codex resume ID opens them), and listed again after relay connect codex --undo.`;

const codexHome = ({ homeDir, variables }: Machine): string =>
  resolve(homeDir, variables['CODEX_HOME']?.trim() || join(homeDir, '.codex'));

const authSchema = z.object({ tokens: z.object({ access_token: z.string().min(1) }) });

function loginToken(text: string | null): string | null {
  if (text === null) return null;
  try {
    return authSchema.parse(JSON.parse(text)).tokens.access_token;
  } catch {
    return null;
  }
}

const configSchema = z.object({ model_provider: z.string().default('openai') });

const providerOf = (text: string | null): string =>
  text === null ? 'openai' : (configSchema.safeParse(tomlText.parse(text)).data?.model_provider ?? 'openai');
