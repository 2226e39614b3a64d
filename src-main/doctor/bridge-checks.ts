import type { Finding } from '../../src-shared/contract/doctor.ts';
import type { OllamaView } from '../../src-shared/contract/ollama.ts';
import type { OpenTunnel } from '../../src-shared/contract/tunnel.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import { found } from './found.ts';

export interface BridgeCheckPorts {
  readonly ollama: () => Promise<OllamaView>;
  /** `null` while none is open. */
  readonly tunnel: () => OpenTunnel | null;
  readonly now: () => number;
}

/** Ways to Relay beside its own address, where a person has opened any. */
export async function checkBridges({ ollama, tunnel, now }: BridgeCheckPorts): Promise<Finding[]> {
  const open = tunnel();
  const findings = ollamaFindings(await ollama());
  if (open === null) return findings;
  const { host } = new URL(open.baseUrl);
  const sentence = `A tunnel is open at ${host} until ${formatClockTime(open.expiresAt, now())}: its key works from anywhere.`;
  return [
    ...findings,
    found.warning('client', sentence, 'When it is not needed any more: relay tunnel stop', 'tunnel'),
  ];
}

function ollamaFindings({ state, url, reason, keyWorks }: OllamaView): Finding[] {
  const subject = 'ollama';
  if (state === 'off') return [];
  if (state === 'failed') {
    return [found.broken('client', reason ?? 'Ollama clients are not served.', 'relay ollama start --port N', subject)];
  }
  if (keyWorks) return [found.ok('client', `Ollama clients are served at ${url}.`, subject)];
  const sentence = 'Ollama clients that send no key are refused: no valid one is chosen for them.';
  return [found.broken('client', sentence, 'relay ollama start', subject)];
}
