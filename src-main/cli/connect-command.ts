import type { Command } from 'commander';
import { recipes } from '../../src-shared/catalog/recipes.ts';
import type { ClientConnected, ClientPlan, ClientRecipe, ClientView } from '../../src-shared/contract/client.ts';
import { keyCreateSchema } from '../../src-shared/contract/key.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { type ClientRoom, createClientRoom } from '../clients/client-room.ts';
import type { RelayFacts } from '../clients/connections.ts';
import { type Machine, thisMachine } from '../config/data-folder.ts';
import type { KeysPort } from '../dashboard/ports.ts';
import { requireRunning, withRelay } from './open-relay.ts';
import { Refused } from './refused.ts';
import { dataDirOf, type Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';

interface ConnectOptions {
  readonly json?: true;
  readonly dryRun?: true;
  readonly undo?: true;
  readonly all?: true;
  readonly home?: string;
}

export function connectCommand(program: Command, terminal: Terminal): void {
  program
    .command('connect [client]')
    .description('point a client such as codex or opencode at Relay, with a key of its own; alone: show all clients')
    .option('--dry-run', 'only show what would change')
    .option('--undo', 'put the client’s settings back and revoke its key')
    .option('--all', 'with --undo: every client, as before Relay is uninstalled')
    .option('--home <dir>', 'the home folder whose clients are meant (default: your own)')
    .option('--json', 'print the answer as JSON')
    .action(async (client: string | undefined, options: ConnectOptions) => {
      if (options.all && !options.undo) throw new Refused('--all goes with --undo only.', 2);
      if (options.undo) return undo(terminal, client, options);
      if (client === undefined) return list(terminal, options);
      if (!Object.hasOwn(recipes, client))
        throw new Refused(`Relay does not know a client ${client}. It knows: ${Object.keys(recipes).join(', ')}.`, 2);
      const room = await runningRoom(terminal, options);
      const view = (await room.list()).clients.find(({ id }) => id === client);
      if (view?.setup === 'copy') return copy(terminal, room, view, options);
      return options.dryRun ? plan(terminal, room, client, options) : connect(terminal, room, client, options);
    });
}

async function list(terminal: Terminal, options: ConnectOptions): Promise<void> {
  const all = await (await runningRoom(terminal, options)).list();
  if (options.json) return terminal.print(JSON.stringify(all));
  const rows = all.clients.map(({ id, name, installed, version, setup, state, detail }) => [
    id,
    name,
    installed === null ? '' : installed ? (version ?? 'yes') : 'no',
    setup === 'copy' ? 'shows what to copy' : (detail ?? state),
  ]);
  for (const line of textTable(['CLIENT', 'NAME', 'HERE', 'STATE'], rows)) terminal.print(line);
  terminal.note('To connect one: relay connect codex. To see first what would change: relay connect codex --dry-run');
}

async function plan(terminal: Terminal, room: ClientRoom, client: string, { json }: ConnectOptions): Promise<void> {
  const planned = await room.plan(client);
  if (json) return terminal.print(JSON.stringify(planned));
  printPlan(terminal, planned);
  terminal.note('Nothing was changed.');
}

async function connect(terminal: Terminal, room: ClientRoom, client: string, { json }: ConnectOptions): Promise<void> {
  const done: ClientConnected = await room.connect(client);
  if (json) terminal.print(JSON.stringify(done));
  else {
    printPlan(terminal, done);
    if (done.secret !== null) {
      terminal.note('Its key, shown this once:');
      terminal.print(done.secret);
    }
    if (done.check.ok) {
      terminal.note(done.check.sentence);
      if (done.changes.length > 0) terminal.note('The client reads this when it is started the next time.');
    }
    terminal.note(`To take it back: relay connect ${client} --undo`);
  }
  if (!done.check.ok) throw new Refused(done.check.sentence);
}

function printPlan(terminal: Terminal, { changes, notes, steps }: ClientPlan): void {
  if (changes.length === 0) terminal.note('Everything is written as it should be.');
  for (const { diff } of changes) for (const line of diff.split('\n')) terminal.print(line);
  for (const line of [...notes, ...steps]) terminal.note(line);
}

async function copy(
  terminal: Terminal,
  room: ClientRoom,
  view: ClientView,
  { json, dryRun }: ConnectOptions,
): Promise<void> {
  const made: ClientRecipe | null = dryRun ? null : await room.recipe(view.id);
  const { place, text, note } = made?.recipe ?? view.recipe;
  if (json) return terminal.print(JSON.stringify(made ?? { client: view.id, recipe: view.recipe }));
  if (note !== null) terminal.note(note);
  terminal.note(`${view.name}: ${place}`);
  for (const line of text.split('\n')) terminal.print(line);
}

async function undo(terminal: Terminal, client: string | undefined, options: ConnectOptions): Promise<void> {
  if ((client === undefined) === (options.all === undefined))
    throw new Refused('Name the client to disconnect, or give --all: relay connect codex --undo', 2);
  const done = await withRelay(terminal, async ({ keys }) => {
    const room = roomOf(terminal, options, keys, () => ({ url: '', models: [] }));
    if (client !== undefined) return [await room.undo(client)];
    const undone = [];
    for (const id of room.connected()) undone.push(await room.undo(id));
    return undone;
  });
  if (options.json) return terminal.print(JSON.stringify({ undone: done }));
  if (done.length === 0) terminal.note('No client is connected.');
  for (const { sentence } of done) terminal.print(sentence);
}

async function runningRoom(terminal: Terminal, options: ConnectOptions): Promise<ClientRoom> {
  const running = await requireRunning(terminal);
  return roomOf(terminal, options, running.keys, () => running.clientFacts());
}

/** Works in this process, with the environment of whoever types the command: CODEX_HOME counts as it does for Codex. */
function roomOf(
  terminal: Terminal,
  { home }: ConnectOptions,
  keys: KeysPort,
  facts: () => RelayFacts | Promise<RelayFacts>,
): ClientRoom {
  return createClientRoom({
    dataDir: dataDirOf(terminal),
    machine: machineAt(home),
    keys: {
      list: async () => keys.list(),
      create: async (wanted) => keys.create(keyCreateSchema.parse(wanted)),
      revoke: (id) => keys.revoke(id),
    },
    facts,
    fetch,
    clock: { now: terminal.now },
  });
}

/** Variables that name folders of this user say nothing about another home. */
function machineAt(home: string | undefined): Machine {
  const machine = thisMachine();
  if (home === undefined) return machine;
  if (home === '') throw new RelayError('invalid_value', { message: '--home needs the name of a folder.' });
  return { ...machine, homeDir: home, variables: { PATH: machine.variables['PATH'], HOME: home } };
}
