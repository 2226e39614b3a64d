import { join } from 'node:path';
import type { ClientSetup } from './setup.ts';

/** Aider. LiteLLM inside it chooses the wire by the prefix `openai/` (aider.chat/docs/llms/openai-compat). */
export const aiderSetup: ClientSetup = {
  id: 'aider',
  name: 'Aider',
  programs: ['aider'],
  signs: ({ homeDir }) => [join(homeDir, '.aider.conf.yml'), join(homeDir, '.aider')],
  async plan({ machine, baseUrl, secret, models }) {
    const settings = [
      { path: ['openai-api-base'], value: baseUrl },
      { path: ['openai-api-key'], value: secret },
      { path: ['model'], value: `openai/${models[0]?.id}`, onlyIfMissing: true },
    ] as const;
    return {
      edits: [{ path: join(machine.homeDir, '.aider.conf.yml'), format: 'yaml', settings }],
      sends: { kind: 'key' },
      notes: ['A .aider.conf.yml in a project and OPENAI_API_BASE in a .env file win over this one.'],
      steps: [],
    };
  },
};
