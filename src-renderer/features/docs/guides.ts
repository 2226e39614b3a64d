import { lexer, type Token, type Tokens } from 'marked';

export interface Guide {
  /** As in its address and in the name of its file. */
  readonly id: string;
  readonly title: string;
  readonly tokens: readonly Token[];
  /** Everything that it says, for the search. */
  readonly text: string;
}

// Put into the built page: the guides of a Relay are those of its version, and nothing is fetched for them.
const files = import.meta.glob<string>('../../../docs/*.md', { query: '?raw', import: 'default', eager: true });

/** In the order in which a person needs them; one that is not named here comes after these. */
const order = ['install', 'clients', 'accounts', 'routing', 'failover', 'limits', 'usage', 'errors', 'ledger', 'api'];

export const guides: readonly Guide[] = Object.entries(files)
  .map(([path, text]) => guideOf(/([^/]+)\.md$/.exec(path)?.[1] ?? path, text))
  .sort((a, b) => placeOf(a.id) - placeOf(b.id) || a.title.localeCompare(b.title));

function guideOf(id: string, text: string): Guide {
  const tokens = lexer(text);
  const first = tokens.find((token): token is Tokens.Heading => token.type === 'heading' && token.depth === 1);
  return { id, title: first?.text ?? id, tokens: tokens.filter((token) => token !== first), text };
}

function placeOf(id: string): number {
  const at = order.indexOf(id);
  return at === -1 ? order.length : at;
}
