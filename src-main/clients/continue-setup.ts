import { join } from 'node:path';
import type { ClientSetup, ConfigEdit } from './setup.ts';

/** Continue, in VS Code, JetBrains and its CLI. It picks the Responses API by the model's name (continuedev/continue#12995). */
export const continueSetup: ClientSetup = {
  id: 'continue',
  name: 'Continue',
  programs: ['cn'],
  signs: ({ homeDir }) => [join(homeDir, '.continue')],
  async plan({ machine, baseUrl, secret, models, read }) {
    const folder = machine.variables['CONTINUE_GLOBAL_DIR']?.trim() || join(machine.homeDir, '.continue');
    const [yaml, json] = [join(folder, 'config.yaml'), join(folder, 'config.json')];
    const model = models[0]?.id ?? '';
    // A config.yaml would hide the older config.json and all that stands in it (docs.continue.dev/reference).
    const isOlder = read(yaml) === null && read(json) !== null;
    const edit: ConfigEdit = isOlder
      ? {
          path: json,
          format: 'jsonc',
          settings: [
            {
              path: ['models'],
              itemKey: 'title',
              value: { title: 'Relay', provider: 'openai', model, apiBase: baseUrl, apiKey: secret },
            },
          ],
        }
      : {
          path: yaml,
          format: 'yaml',
          settings: [
            { path: ['name'], value: 'My Config', onlyIfMissing: true },
            { path: ['version'], value: '1.0.0', onlyIfMissing: true },
            { path: ['schema'], value: 'v1', onlyIfMissing: true },
            {
              path: ['models'],
              itemKey: 'name',
              value: {
                name: 'Relay',
                provider: 'openai',
                model,
                apiBase: baseUrl,
                apiKey: secret,
                roles: ['chat', 'edit', 'apply'],
                capabilities: ['tool_use', 'image_input'],
              },
            },
          ],
        };
    return {
      edits: [edit],
      sends: { kind: 'key' },
      notes: ['In Continue, choose the model named Relay. Autocomplete needs another model: Relay serves none for it.'],
      steps: [],
    };
  },
};
