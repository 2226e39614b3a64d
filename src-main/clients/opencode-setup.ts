import { join } from 'node:path';
import { z } from 'zod';
import { catalogPrices } from '../../src-shared/catalog/prices.ts';
import { smallestModel } from '../../src-shared/catalog/smallest-model.ts';
import type { Machine } from '../config/data-folder.ts';
import type { Setting } from './setting-edit.ts';
import type { ClientSetup } from './setup.ts';

/**
 * OpenCode 1.x. The built-in `openai` provider speaks the Responses API; an `openai-compatible` one would speak Chat
 * Completions and lose the reasoning (CLIENTS, anomalyco/opencode#2758).
 */
export const opencodeSetup: ClientSetup = {
  id: 'opencode',
  name: 'OpenCode',
  programs: ['opencode'],
  signs: (machine) => [configFolder(machine), join(machine.homeDir, '.opencode')],
  async plan({ machine, baseUrl, secret, models, read }) {
    // All three are read, the later winning (opencode.ai/docs/config).
    const names = ['opencode.jsonc', 'opencode.json', 'config.json'];
    const folder = configFolder(machine);
    const given = machine.variables['OPENCODE_CONFIG']?.trim();
    const name = names.find((each) => read(join(folder, each)) !== null) ?? 'opencode.json';
    const at = ['provider', 'openai'];
    const small =
      smallestModel(
        models.map(({ id }) => id),
        catalogPrices,
      ) ?? models[0]?.id;
    const settings: Setting[] = [
      { path: ['$schema'], value: 'https://opencode.ai/config.json', onlyIfMissing: true },
      { path: [...at, 'options', 'baseURL'], value: baseUrl },
      { path: [...at, 'options', 'apiKey'], value: secret },
      ...models.map(
        ({ id, name: label, contextWindow }): Setting => ({
          path: [...at, 'models', id],
          value: {
            name: label,
            reasoning: true,
            tool_call: true,
            attachment: true,
            // Without it OpenCode takes a model that its own list does not have for one that cannot see.
            modalities: { input: ['text', 'image'], output: ['text'] },
            limit: { context: contextWindow, output: OUTPUT_TOKENS },
          },
          onlyIfMissing: true,
        }),
      ),
      { path: ['model'], value: `openai/${models[0]?.id}`, onlyIfMissing: true },
      // Titles are made by a model of OpenCode's own choice otherwise, which no account may have.
      { path: ['small_model'], value: `openai/${small}`, onlyIfMissing: true },
    ];
    const signedIn = hasOwnLogin(read(join(dataFolder(machine), 'auth.json')));
    return {
      edits: [{ path: given || join(folder, name), format: 'jsonc', settings }],
      sends: { kind: 'key' },
      notes: ['In OpenCode, Relay’s models are those under OpenAI.'],
      steps: signedIn
        ? ['OpenCode has a ChatGPT login of its own, with which it goes past Relay. Run: opencode auth logout']
        : [],
    };
  },
};

/** What the models of the ChatGPT backend give at most in one answer. */
const OUTPUT_TOKENS = 128_000;

const configFolder = ({ homeDir, variables }: Machine): string =>
  join(variables['XDG_CONFIG_HOME'] || join(homeDir, '.config'), 'opencode');

const dataFolder = ({ homeDir, variables }: Machine): string =>
  join(variables['XDG_DATA_HOME'] || join(homeDir, '.local', 'share'), 'opencode');

const authSchema = z.object({ openai: z.object({ type: z.literal('oauth') }) });

function hasOwnLogin(text: string | null): boolean {
  if (text === null) return false;
  try {
    return authSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
