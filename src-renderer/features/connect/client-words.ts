import type { ClientView, SeenClient } from '../../../src-shared/contract/client.ts';

type Tone = 'good' | 'warn' | 'bad' | 'muted';

/** What one recipe serves where that is more than its name says. */
const forms: Readonly<Record<string, string>> = {
  codex: 'CLI, IDE extension and app share it',
  python: 'openai package',
  node: 'openai package',
};

/** Their own servers make the call, so they cannot reach an address of this machine. */
const fromElsewhere: ReadonlySet<string> = new Set(['cursor']);

export const callsFromElsewhere = ({ id }: ClientView): boolean => fromElsewhere.has(id);

/** What stands below a client's name. */
export function formOf({ id, version }: ClientView): string | null {
  const known = [version, forms[id]].filter((part) => part != null);
  return known.length === 0 ? null : known.join(' · ');
}

export function stateOf(client: ClientView): { readonly text: string; readonly tone: Tone } {
  switch (client.state) {
    case 'connected':
      return { text: 'Connected', tone: 'good' };
    case 'changed':
      return { text: 'Changed since', tone: 'warn' };
    case 'elsewhere':
      return { text: 'Points elsewhere', tone: 'warn' };
    case 'key-refused':
      return { text: 'Key refused', tone: 'bad' };
    case 'not-connected':
      if (callsFromElsewhere(client)) return { text: 'Needs a public address', tone: 'warn' };
      return { text: client.setup === 'copy' ? 'Copy by hand' : 'Not connected', tone: 'muted' };
  }
}

/** All that a recipe's programs did, as one: the command line and the app of a client may both have called. */
export const seenAs = (seen: readonly SeenClient[], id: string): SeenClient[] =>
  seen.filter((each) => each.id === id).sort((a, b) => b.lastAt - a.lastAt);

interface ClientGroup {
  readonly title: string;
  readonly clients: readonly ClientView[];
}

/** What is here first: connected or found; then what Relay could set up; then what a person copies. */
export function groupClients(clients: readonly ClientView[]): ClientGroup[] {
  const place = (client: ClientView): number =>
    client.setup === 'copy' ? 2 : client.installed === true || client.state !== 'not-connected' ? 0 : 1;
  const titles = ['On this machine', 'Not found here', 'Copy the lines by hand'];
  return titles
    .map((title, index) => ({ title, clients: clients.filter((client) => place(client) === index) }))
    .filter((group) => group.clients.length > 0);
}
