import { type Command, InvalidArgumentError } from 'commander';
import { keyCreateSchema } from '../../src-shared/contract/key.ts';
import type { OllamaView } from '../../src-shared/contract/ollama.ts';
import { requireRunning } from './open-relay.ts';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';

interface Json {
  readonly json?: true;
}

/** A listener for clients that speak only Ollama's protocol, off until it is started; it stays on over a restart of Relay. */
export function ollamaCommand(program: Command, terminal: Terminal): void {
  const ollama = program
    .command('ollama')
    .description('serve clients that speak only Ollama’s protocol, on this machine');
  ollama
    .command('start')
    .description('serve them, as one key; without --key as the one of before, or a new one')
    .option('--key <id>', 'the id of the key whose calls theirs are')
    .option('--port <port>', 'where they look for Ollama (default: 11434)', readPort)
    .option('--json', 'print it as JSON')
    .action(async ({ json, key, port }: Json & { key?: string; port?: number }) => {
      const relay = await requireRunning(terminal);
      const { keyWorks } = await relay.ollama.view();
      const made =
        key !== undefined || keyWorks
          ? null
          : await relay.keys.create(keyCreateSchema.parse({ name: 'Ollama clients' }));
      const keyId = key ?? made?.key.id;
      await relay.settings.patch({
        'ollama.enabled': true,
        ...(keyId === undefined ? {} : { 'ollama.keyId': keyId }),
        ...(port === undefined ? {} : { 'ollama.port': port }),
      });
      const view = await relay.ollama.view();
      if (view.state === 'failed') throw new Refused(sentenceOf(view));
      show(view, json);
    });
  ollama
    .command('stop')
    .description('serve them no more')
    .option('--json', 'print it as JSON')
    .action(async ({ json }: Json) => {
      const relay = await requireRunning(terminal);
      await relay.settings.patch({ 'ollama.enabled': false });
      show(await relay.ollama.view(), json);
    });
  ollama
    .command('status')
    .description('show whether and where they are served')
    .option('--json', 'print it as JSON')
    .action(async ({ json }: Json) => show(await (await requireRunning(terminal)).ollama.view(), json));

  const show = (view: OllamaView, json: true | undefined): void =>
    terminal.print(json ? JSON.stringify(view) : sentenceOf(view));
}

function sentenceOf({ state, url, reason, keyId, keyWorks }: OllamaView): string {
  if (state === 'failed') return `Ollama clients are not served: ${reason}`;
  if (state === 'off') return 'Ollama clients are not served. Serve them: relay ollama start';
  const own = keyWorks
    ? ` as the key ${keyId}`
    : ', but no valid key is chosen for those that send none: relay ollama start';
  return `Ollama clients are served at ${url}${own}.`;
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It is a number up to 65535.');
}
