import { type Agent, request } from 'node:http';
import { type RelayScene, type RelaySceneOptions, startRelayScene } from '../support/relay-scene.ts';

/** A quiet Relay with all of the simulator's accounts. */
export async function startScene(options: RelaySceneOptions): Promise<RelayScene> {
  const scene = await startRelayScene({
    journalLimit: 100,
    ...options,
    variables: { RELAY_LOG_LEVEL: 'error', ...options.variables },
  });
  for (const { name } of options.accounts) await scene.add(name);
  return scene;
}

/** One call on a connection that is kept; rejects unless it is answered with 200. */
export function kept(agent: Agent, { url, key }: RelayScene, path: string, body: object): Promise<void> {
  const { hostname, port } = new URL(url);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method: 'POST', headers, agent }, (answer) => {
      answer.resume().on('error', reject);
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve() : reject(new Error(`status ${answer.statusCode}`)),
      );
    });
    outgoing.on('error', reject).end(JSON.stringify(body));
  });
}
