import type { Recipe } from '../contract/client.ts';

export interface RecipeFacts {
  readonly secret: string;
  /** With `/v1`. */
  readonly base: string;
  readonly model: string;
}

interface ClientRecipes {
  readonly name: string;
  recipe(facts: RecipeFacts): Recipe;
}

const lines = (...all: readonly string[]): string => all.join('\n');
const place = (where: string, language: Recipe['language'], text: string, note: string | null = null): Recipe => ({
  place: where,
  language,
  text,
  note,
});
/** What a settings page asks for. */
const fields = (where: string, asked: Readonly<Record<string, string>>, note: string | null = null): Recipe =>
  place(where, 'text', lines(...Object.entries(asked).map(([name, value]) => `${name}: ${value}`)), note);

/** How a person points each client at Relay by hand. The one place for it: dashboard, command line and API show these. */
export const recipes = {
  codex: {
    name: 'Codex',
    // PROTOCOL 7.1. The key is written in, since apps that are not started from a shell see no variables of one.
    recipe: ({ secret, base }) =>
      place(
        '~/.codex/config.toml: the first line at its top, the table at its end',
        'toml',
        lines(
          'model_provider = "relay"',
          '',
          '[model_providers.relay]',
          'name = "Relay"',
          `base_url = "${base}"`,
          'wire_api = "responses"',
          'supports_websockets = true',
          `experimental_bearer_token = "${secret}"`,
        ),
      ),
  },
  opencode: {
    name: 'OpenCode',
    recipe: ({ secret, base, model }) =>
      place(
        '~/.config/opencode/opencode.json',
        'json',
        JSON.stringify(
          { provider: { openai: { options: { baseURL: base, apiKey: secret } } }, model: `openai/${model}` },
          null,
          2,
        ),
      ),
  },
  vscode: {
    name: 'VS Code',
    recipe: ({ secret, base, model }) =>
      place(
        'Chat: Manage Language Models, Add, Custom Endpoint; then in chatLanguageModels.json',
        'json',
        JSON.stringify(
          [
            {
              name: 'Relay',
              vendor: 'customendpoint',
              apiKey: secret,
              apiType: 'responses',
              models: [
                {
                  id: model,
                  name: model,
                  url: `${base}/responses`,
                  toolCalling: true,
                  vision: true,
                  maxInputTokens: 272_000,
                  maxOutputTokens: 128_000,
                },
              ],
            },
          ],
          null,
          2,
        ),
      ),
  },
  continue: {
    name: 'Continue',
    recipe: ({ secret, base, model }) =>
      place(
        '~/.continue/config.yaml, under models',
        'yaml',
        lines(
          'models:',
          '  - name: Relay',
          '    provider: openai',
          `    model: ${model}`,
          `    apiBase: ${base}`,
          `    apiKey: ${secret}`,
          '    roles: [chat, edit, apply]',
        ),
      ),
  },
  zed: {
    name: 'Zed',
    recipe: ({ secret, base, model }) =>
      place(
        'zed: open settings file',
        'json',
        JSON.stringify(
          {
            language_models: {
              openai_compatible: {
                Relay: { api_url: base, available_models: [{ name: model, max_tokens: 272_000 }] },
              },
            },
          },
          null,
          2,
        ),
        `The key goes into agent: open settings, LLM Providers, Relay: ${secret}`,
      ),
  },
  aider: {
    name: 'Aider',
    recipe: ({ secret, base, model }) =>
      place(
        '~/.aider.conf.yml',
        'yaml',
        lines(`openai-api-base: ${base}`, `openai-api-key: ${secret}`, `model: openai/${model}`),
      ),
  },
  cline: {
    name: 'Cline',
    recipe: ({ secret, base, model }) =>
      fields(
        'Cline, Settings, API Configuration',
        { 'API Provider': 'OpenAI Compatible', 'Base URL': base, 'API Key': secret, 'Model ID': model },
        'Cline keeps its settings in memory and writes its files over, so Relay does not write into them.',
      ),
  },
  cursor: {
    name: 'Cursor',
    recipe: ({ secret, base, model }) =>
      fields(
        'Cursor Settings, Models, API Keys',
        { 'OpenAI API Key': secret, 'Override OpenAI Base URL': base, 'Add model': model },
        'Cursor’s own servers make the call, and they refuse addresses of this machine: it needs a public https address. Relay opens one, with a key of its own to put here in place of these: relay tunnel start',
      ),
  },
  jetbrains: {
    name: 'JetBrains AI Assistant',
    recipe: ({ secret, base }) =>
      fields('Settings, Tools, AI Assistant, Providers & API keys, Third-party AI providers', {
        Provider: 'OpenAI-compatible',
        URL: base,
        'API Key': secret,
      }),
  },
  xcode: {
    name: 'Xcode',
    recipe: ({ secret, base }) =>
      fields(
        'Xcode, Settings, Intelligence, Add a Model Provider',
        {
          URL: base.replace(/\/v1$/, ''),
          'API Key': secret,
          'API Key Header': 'x-api-key',
          Description: 'Relay',
        },
        'Xcode adds /v1 itself.',
      ),
  },
  'open-webui': {
    name: 'Open WebUI',
    recipe: ({ secret, base }) =>
      fields(
        'Admin Panel, Settings, Connections, OpenAI API',
        { 'API Base URL': base.replace(/127\.0\.0\.1|localhost/, 'host.docker.internal'), 'API Key': secret },
        'From a container this machine is host.docker.internal: allow it with relay serve --set hosts.allowed=\'["host.docker.internal"]\'. Without a container use 127.0.0.1.',
      ),
  },
  raycast: {
    name: 'Raycast',
    recipe: ({ secret, base, model }) =>
      place(
        '~/.config/raycast/ai/providers.yaml (Raycast, Settings, AI, Custom Providers)',
        'yaml',
        lines(
          'providers:',
          '  - id: relay',
          '    name: Relay',
          `    base_url: ${base}`,
          '    api_keys:',
          `      relay: ${secret}`,
          '    models:',
          `      - id: ${model}`,
          `        name: ${model}`,
          '        provider: relay',
          '        context: 272000',
          '        abilities:',
          '          temperature: { supported: false }',
          '          vision: { supported: true }',
          '          tools: { supported: true }',
        ),
      ),
  },
  python: {
    name: 'Python',
    recipe: ({ secret, base, model }) =>
      place(
        'With the openai package',
        'python',
        lines(
          'from openai import OpenAI',
          '',
          `client = OpenAI(base_url="${base}", api_key="${secret}")`,
          `answer = client.responses.create(model="${model}", input="Say hello")`,
          'print(answer.output_text)',
        ),
      ),
  },
  node: {
    name: 'Node',
    recipe: ({ secret, base, model }) =>
      place(
        'With the openai package',
        'javascript',
        lines(
          "import OpenAI from 'openai';",
          '',
          `const client = new OpenAI({ baseURL: '${base}', apiKey: '${secret}' });`,
          `const answer = await client.responses.create({ model: '${model}', input: 'Say hello' });`,
          'console.log(answer.output_text);',
        ),
      ),
  },
  curl: {
    name: 'curl',
    recipe: ({ secret, base, model }) =>
      place(
        'In a terminal',
        'bash',
        lines(
          `curl ${base}/responses \\`,
          `  -H "Authorization: Bearer ${secret}" \\`,
          '  -H "Content-Type: application/json" \\',
          `  -d '{"model": "${model}", "input": "Say hello"}'`,
        ),
      ),
  },
} as const satisfies Readonly<Record<string, ClientRecipes>>;

export type RecipeId = keyof typeof recipes;

export const isRecipeId = (id: string): id is RecipeId => Object.hasOwn(recipes, id);
