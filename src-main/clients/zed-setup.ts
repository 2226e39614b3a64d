import { join } from 'node:path';
import type { Machine } from '../config/data-folder.ts';
import type { ClientSetup } from './setup.ts';

/** Zed. It takes keys from the system's keychain only, so the person pastes this one (zed.dev/docs/ai/use-api-access). */
export const zedSetup: ClientSetup = {
  id: 'zed',
  name: 'Zed',
  programs: ['zed', 'zeditor'],
  signs: (machine) => [configFolder(machine)],
  async plan({ machine, baseUrl, models }) {
    const value = {
      api_url: baseUrl,
      available_models: models.map(({ id, name, contextWindow }) => ({
        name: id,
        display_name: name,
        max_tokens: contextWindow,
        capabilities: { tools: true, images: true, parallel_tool_calls: true, prompt_cache_key: true },
      })),
    };
    const path = ['language_models', 'openai_compatible', 'Relay'];
    return {
      edits: [{ path: join(configFolder(machine), 'settings.json'), format: 'jsonc', settings: [{ path, value }] }],
      sends: { kind: 'key' },
      notes: [],
      steps: ['In Zed, run "agent: open settings", find Relay under LLM Providers and paste the key there.'],
    };
  },
};

function configFolder({ platform, homeDir, variables }: Machine): string {
  if (platform === 'win32') return join(variables['APPDATA'] || join(homeDir, 'AppData', 'Roaming'), 'Zed');
  if (platform === 'darwin') return join(homeDir, '.config', 'zed');
  return join(variables['XDG_CONFIG_HOME'] || join(homeDir, '.config'), 'zed');
}
