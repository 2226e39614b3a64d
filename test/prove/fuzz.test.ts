import { afterEach, expect, test } from 'vitest';
import { type RawAnswer, rawCall } from '../support/raw-call.ts';
import type { RelayScene } from '../support/relay-scene.ts';
import { amount, figure, inLanes, seededRandom } from './proving.ts';
import { startScene } from './relay-scene.ts';
import { type Schema, schemaValue } from './schema-values.ts';

let scene: RelayScene;
afterEach(() => scene.stop());

interface Described {
  readonly operationId: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: Schema;
    readonly required?: boolean;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
  };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What would end the run or leave it without an account, a key or a place for its secrets. */
const leftOut = new Set(['moveSecrets', 'streamEvents', 'pauseRelay', 'deleteAccount', 'pauseAccount']);

/** An answer of the upstream's, or of Relay for want of an account: not Relay's own failure. */
const upstream = new Set([501, 502, 503, 504]);

test('no request that is made after the API’s own document breaks Relay, and each refusal is an error in its form', {
  timeout: 1_800_000,
}, async () => {
  const count = amount('RELAY_FUZZ_REQUESTS', 20_000);
  scene = await startScene({
    accounts: [{ name: 'a', kind: 'chatgpt' }],
    settings: { 'limits.concurrentCalls': 50, 'timeouts.firstOutputMs': 2_000 },
  });
  const document = await scene.api<Document>('GET', '/api/openapi.json');
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { operationId }]) => !leftOut.has(operationId))
      .map(([method, described]) => ({ path, method: method.toUpperCase(), described })),
  );
  const { accounts } = await scene.api<{ accounts: { id: string }[] }>('GET', '/api/accounts');
  const { key } = await scene.api<{ key: { id: string } }>('POST', '/api/keys', { name: 'for the fuzz' });
  const ids = [accounts[0]?.id ?? '', key.id, 'codex', 'curl', 'gpt-5.5', 'an_id'];
  const random = seededRandom(amount('RELAY_FUZZ_SEED', 1));
  const { apiToken } = scene.process.announcement;
  const broken: string[] = [];
  const statuses = new Map<number, number>();
  await inLanes(
    (index) => index < count,
    4,
    async (index) => {
      const { path, method, described } = operations[index % operations.length]!;
      const wild = random() < 0.3 ? 0 : 0.12;
      const make = (schema: Schema): unknown => schemaValue(schema, document.components.schemas, random, wild);
      const text = (value: unknown): string =>
        encodeURIComponent((typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed());
      const at = (where: string) => described.parameters.filter((each) => each.in === where);
      const query = at('query')
        .filter(({ required }) => required === true || random() < 0.3)
        .map(({ name, schema }) => `${name}=${text(make(schema))}`);
      const target = path.replace(
        /\{(\w+)\}/g,
        () => text(random() < 0.9 ? ids[Math.floor(random() * ids.length)] : make({ type: 'string' })) || 'x',
      );
      const schema = described.requestBody?.content['application/json']?.schema;
      const answer: RawAnswer | Error = await rawCall(scene.url, {
        method,
        path: `${target}${query.length === 0 ? '' : `?${query.join('&')}`}`,
        headers: {
          authorization: `Bearer ${path.startsWith('/api') ? apiToken : scene.key}`,
          'content-type': 'application/json',
        },
        ...(schema === undefined ? {} : { body: JSON.stringify(make(schema)) }),
        signal: AbortSignal.timeout(30_000),
      }).catch((error: Error) => error);
      const where = `${described.operationId} (request ${index})`;
      if (answer instanceof Error) return void broken.push(`${where}: ${answer.message}`);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status >= 500 && !upstream.has(answer.status))
        broken.push(`${where}: ${answer.status} ${answer.text.slice(0, 200)}`);
      if (answer.status >= 400 && !isError(answer))
        broken.push(`${where}: ${answer.status} without an error: ${answer.text.slice(0, 200)}`);
      if (answer.text.includes(apiToken)) broken.push(`${where}: holds the API token`);
    },
  );
  const alive = await scene.api<{ pid: number }>('GET', '/api/status');
  figure(
    'fuzz',
    'requests by the OpenAPI document: no 5xx of our own, no hang, no leak',
    `${count} requests to ${operations.length} operations: ${broken.length} broken; ${[...statuses]
      .sort((a, b) => a[0] - b[0])
      .map(([status, times]) => `${status} ${times}x`)
      .join(', ')}`,
  );
  expect(broken.slice(0, 20)).toEqual([]);
  expect(alive).toBeTypeOf('object');
});

/** Or the answer of /health/ready, which says in its own form why not. */
function isError({ text }: RawAnswer): boolean {
  try {
    const { error, ready } = JSON.parse(text);
    return ready === false || typeof error.message === 'string';
  } catch {
    return false;
  }
}
