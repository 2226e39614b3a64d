import { type RecipeId, recipes } from '../../src-shared/catalog/recipes.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { SeenClient, SeenFinding } from '../../src-shared/contract/client.ts';

/** Who has called, and what Relay had to mend for each, with the setting that would make it unnecessary. Most calls first. */
export function seenClients(calls: readonly CallRecord[]): SeenClient[] {
  const byProgram = new Map<string, CallRecord[]>();
  for (const call of calls) {
    const program = programOf(call.client);
    byProgram.set(program, [...(byProgram.get(program) ?? []), call]);
  }
  return [...byProgram]
    .map(([program, own]) => viewOf(program, own))
    .sort((a, b) => b.calls - a.calls || b.lastAt - a.lastAt);
}

/** "Codex CLI 0.169.0" is "Codex CLI", whatever its version. */
const programOf = (client: string | null): string => client?.replace(/ v?\d[\w.+-]*$/, '') ?? 'Unknown';

function viewOf(program: string, calls: readonly CallRecord[]): SeenClient {
  const id = recipeOf(program);
  const newest = calls.reduce((a, b) => (b.startedAt > a.startedAt ? b : a));
  return {
    name: program,
    id,
    client: newest.client,
    calls: calls.length,
    lastAt: newest.startedAt,
    keys: [...new Set(calls.map(({ keyName }) => keyName))].sort(),
    findings: [...unknownModels(calls, id), ...leftOut(calls, id), ...chatWire(calls, id)],
  };
}

const starts: readonly (readonly [string, RecipeId])[] = [
  ['Codex', 'codex'],
  ['OpenCode', 'opencode'],
  ['Continue', 'continue'],
  ['Zed', 'zed'],
  ['Aider', 'aider'],
  ['Cline', 'cline'],
  ['Cursor', 'cursor'],
  ['Open WebUI', 'open-webui'],
  ['OpenAI Python', 'python'],
  ['OpenAI Node', 'node'],
  ['curl', 'curl'],
];

const recipeOf = (program: string): RecipeId | null => starts.find(([start]) => program.startsWith(start))?.[1] ?? null;

const listed = (names: readonly string[]): string => names.join(', ');

function unknownModels(calls: readonly CallRecord[], id: RecipeId | null): SeenFinding[] {
  const refused = calls.filter(({ errorCode }) => errorCode === 'model_not_found');
  if (refused.length === 0) return [];
  const names = [...new Set(refused.map(({ modelAsked }) => modelAsked).filter((name) => name !== ''))].sort();
  const what = names.length === 0 ? 'a model' : listed(names);
  return [
    {
      kind: 'unknown-model',
      names,
      calls: refused.length,
      failed: true,
      sentence: `It asks for ${what}, which no account has.`,
      fix: unknownModelFix(id, names[0] ?? 'NAME'),
    },
  ];
}

/** Background calls for titles ask for a small model of the client's own choice (CLIENTS). */
function unknownModelFix(id: RecipeId | null, name: string): string {
  if (id === 'opencode')
    return 'Set "small_model" in opencode.json to a model that Relay lists: relay connect opencode';
  if (id === 'open-webui') return 'Admin Panel, Settings, Interface: choose a task model that Relay lists.';
  return `Choose a model that Relay lists, or give the name to one: the setting models.aliases, such as {"${name}": "gpt-5.5"}`;
}

function leftOut(calls: readonly CallRecord[], id: RecipeId | null): SeenFinding[] {
  const touched = calls.filter(({ dropped }) => dropped.length > 0);
  if (touched.length === 0) return [];
  const names = [...new Set(touched.flatMap(({ dropped }) => dropped))].sort();
  return [
    {
      kind: 'left-out',
      names,
      calls: touched.length,
      failed: false,
      sentence: `Relay leaves out ${listed(names)}: the ChatGPT backend does not take them.`,
      fix: leftOutFix(id, names),
    },
  ];
}

function leftOutFix(id: RecipeId | null, names: readonly string[]): string | null {
  switch (id) {
    case 'aider':
      return names.includes('temperature')
        ? 'In ~/.aider.model.settings.yml give the model "use_temperature: false".'
        : null;
    case 'continue':
      return `In ~/.continue/config.yaml take ${listed(names)} out of the model's defaultCompletionOptions.`;
    case 'python':
    case 'node':
    case 'curl':
      return `Take ${listed(names)} out of the request.`;
    case 'open-webui':
      return `In the model's advanced parameters set ${listed(names)} to Default.`;
    default:
      return null;
  }
}

/** Where the client could speak the Responses API, and so keep its reasoning from turn to turn. */
const responsesFix: Partial<Record<RecipeId, string>> = {
  opencode: 'Use the built-in openai provider instead of an openai-compatible one: relay connect opencode',
  continue: 'Use "provider: openai" with a model whose name begins with gpt-5 or later: relay connect continue',
  python: 'Call client.responses.create instead of client.chat.completions.create.',
  node: 'Call client.responses.create instead of client.chat.completions.create.',
  curl: 'Send to /v1/responses instead of /v1/chat/completions.',
};

function chatWire(calls: readonly CallRecord[], id: RecipeId | null): SeenFinding[] {
  const translated = calls.filter(({ endpoint }) => endpoint === 'chat').length;
  const fix = id === null ? undefined : responsesFix[id];
  if (translated === 0 || fix === undefined || id === null) return [];
  return [
    {
      kind: 'translated',
      names: [],
      calls: translated,
      failed: false,
      sentence: `${recipes[id].name} speaks Chat Completions, which Relay translates; reasoning is lost between turns.`,
      fix,
    },
  ];
}
