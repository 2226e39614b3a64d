import { join } from 'node:path';
import type { Machine } from '../config/data-folder.ts';
import type { ClientSetup } from './setup.ts';

/** Chat in VS Code with one's own models: the "Custom Endpoint" of 1.122 and later (microsoft/vscode#316916). */
export const vscodeSetup: ClientSetup = {
  id: 'vscode',
  name: 'VS Code',
  programs: ['code'],
  signs: (machine) => [userFolder(machine)],
  async plan({ machine, baseUrl, secret, models }) {
    const value = {
      name: 'Relay',
      vendor: 'customendpoint',
      apiKey: secret,
      apiType: 'responses',
      models: models.map(({ id, name, contextWindow }) => ({
        id,
        name,
        url: `${baseUrl}/responses`,
        // Without it a model is not offered in agent mode.
        toolCalling: true,
        vision: true,
        maxInputTokens: contextWindow,
        maxOutputTokens: OUTPUT_TOKENS,
      })),
    };
    return {
      edits: [
        {
          path: join(userFolder(machine), 'chatLanguageModels.json'),
          format: 'jsonc',
          settings: [{ path: [], itemKey: 'name', value }],
        },
      ],
      sends: { kind: 'key' },
      notes: ['Start VS Code again if the models are not listed under Relay in the model picker.'],
      steps: [],
    };
  },
};

const OUTPUT_TOKENS = 128_000;

function userFolder({ platform, homeDir, variables }: Machine): string {
  if (platform === 'win32') return join(variables['APPDATA'] || join(homeDir, 'AppData', 'Roaming'), 'Code', 'User');
  if (platform === 'darwin') return join(homeDir, 'Library', 'Application Support', 'Code', 'User');
  return join(variables['XDG_CONFIG_HOME'] || join(homeDir, '.config'), 'Code', 'User');
}
