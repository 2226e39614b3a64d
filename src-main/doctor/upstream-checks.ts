import type { Finding } from '../../src-shared/contract/doctor.ts';
import { formatDuration } from '../../src-shared/format/duration.ts';
import { leastSkew, narrowSkew, readSkew, type SkewBounds } from '../accounts/clock-skew.ts';
import { connectionWords } from '../protocol/connection-words.ts';
import { found } from './found.ts';

export interface UpstreamPorts {
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

const LIMIT_MS = 8_000;
/** Tokens are judged by the minute; below this a difference harms nothing. */
const SKEW_MS = 60_000;

/** Whether each of these addresses answers at all, and what the clocks there say. One HEAD each, without a token: no quota is used. */
export async function checkUpstreams(addresses: readonly string[], ports: UpstreamPorts): Promise<Finding[]> {
  const origins = [...new Set(addresses.map((address) => new URL(address).origin))];
  const seen = await Promise.all(origins.map((origin) => reach(origin, ports)));
  const skews = seen.flatMap(({ skew }) => skew ?? []);
  return [...seen.map(({ finding }) => finding), ...checkClock(skews)];
}

async function reach(
  origin: string,
  { fetch, now }: UpstreamPorts,
): Promise<{ finding: Finding; skew: SkewBounds | null }> {
  const { host } = new URL(origin);
  const sentAt = now();
  try {
    const init = { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(LIMIT_MS) } as const;
    const { headers } = await fetch(`${origin}/`, init);
    return {
      finding: found.ok('upstream', `${host} answers.`, host),
      skew: readSkew(headers.get('date'), sentAt, now()),
    };
  } catch (error) {
    const { reason, fix } = whyNot(error);
    return { finding: found.broken('upstream', `${host} cannot be reached: ${reason}.`, fix, host), skew: null };
  }
}

function whyNot(error: unknown): { reason: string; fix: string } {
  const code = codeOf(error);
  const network = 'Check the network, a VPN and a firewall.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { reason: 'its name is not found', fix: network };
  if (code === 'ECONNREFUSED') return { reason: 'nothing listens there', fix: network };
  if (/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/.test(code)) {
    const fix =
      'If a proxy of your company answers in its place, give its certificate to Node: NODE_EXTRA_CA_CERTS=FILE';
    return { reason: 'its certificate is not trusted', fix };
  }
  if (error instanceof Error && error.name === 'TimeoutError') return { reason: 'it does not answer', fix: network };
  return { reason: connectionWords(code), fix: network };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}

function checkClock(skews: readonly SkewBounds[]): Finding[] {
  if (skews.length === 0) return [];
  const skew = leastSkew(skews.reduce<SkewBounds | null>((known, each) => narrowSkew(known, each), null)!);
  if (Math.abs(skew) < SKEW_MS) return [found.ok('clock', 'The clock of this machine agrees with theirs.')];
  const way = skew > 0 ? 'behind' : 'ahead of';
  const sentence = `The clock of this machine is ${formatDuration(Math.abs(skew))} ${way} those of the upstreams.`;
  return [found.broken('clock', sentence, 'Let the system set it: timedatectl set-ntp true, or its date settings.')];
}
