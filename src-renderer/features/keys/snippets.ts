export const snippetTitles = { codex: 'Codex CLI', curl: 'curl', python: 'Python', node: 'Node' } as const;

interface Facts {
  readonly secret: string;
  /** With `/v1`. */
  readonly base: string;
  readonly model: string;
}

interface Snippet {
  readonly place: string;
  readonly text: string;
}

/** The lines that point a client at Relay. */
export const snippets: Readonly<Record<keyof typeof snippetTitles, (facts: Facts) => Snippet>> = {
  // PROTOCOL 7.1. The key is written in, since apps that are not started from a shell see no variables of one.
  codex: ({ secret, base }) => ({
    place: '~/.codex/config.toml: the first line at its top, the table at its end',
    text: `model_provider = "relay"

[model_providers.relay]
name = "Relay"
base_url = "${base}"
wire_api = "responses"
experimental_bearer_token = "${secret}"`,
  }),
  curl: ({ secret, base, model }) => ({
    place: 'In a terminal',
    text: `curl ${base}/responses \\
  -H "Authorization: Bearer ${secret}" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "${model}", "input": "Say hello"}'`,
  }),
  python: ({ secret, base, model }) => ({
    place: 'With the openai package',
    text: `from openai import OpenAI

client = OpenAI(base_url="${base}", api_key="${secret}")
answer = client.responses.create(model="${model}", input="Say hello")
print(answer.output_text)`,
  }),
  node: ({ secret, base, model }) => ({
    place: 'With the openai package',
    text: `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${base}', apiKey: '${secret}' });
const answer = await client.responses.create({ model: '${model}', input: 'Say hello' });
console.log(answer.output_text);`,
  }),
};
