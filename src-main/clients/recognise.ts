import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';

export type ClientKind =
  | 'codex'
  | 'openai-node'
  | 'openai-python'
  | 'opencode'
  | 'cursor'
  | 'cline'
  | 'continue'
  | 'zed'
  | 'aider'
  | 'open-webui'
  | 'vercel-ai'
  | 'curl'
  | 'other'
  | 'unknown';

export interface RecognisedClient {
  /** "Codex CLI 0.169.0"; `null` where the headers do not say. */
  readonly name: string | null;
  readonly kind: ClientKind;
  /** The form of keep-alive that re-arms this client's idle clock without disturbing it (PROTOCOL 3.1, 9.8). */
  readonly keepAlive: 'event' | 'comment';
  /** Speaks the backend's own protocol: its headers and body pass unchanged. */
  readonly native: boolean;
}

/** Which program a request comes from, by its own headers. They can say anything, so nothing but comfort hangs on them. */
export function recogniseClient(headers: IncomingHttpHeaders, endpoint: string): RecognisedClient {
  const agent = clientText(headers['user-agent']) ?? '';
  const originator = clientText(headers['originator']);
  const codex = codexName(agent, originator);
  if (codex !== null) {
    // Chat Completions has no place for a foreign event, whoever asks.
    const chat = endpoint === 'chat' || endpoint === 'ollama';
    const keepAlive = chat ? 'comment' : 'event';
    return { name: named(codex.label, codex.version), kind: 'codex', keepAlive, native: !chat };
  }
  const found = byAgent(agent) ?? bySdk(headers);
  if (found !== null) return other(found.kind, named(found.label, found.version));
  if (agent === '') return other('unknown', null);
  const product = /^([^\s/()]+)(?:\/([^\s()]+))?/.exec(agent);
  return other('other', product === null ? agent : named(product[1]!, product[2] ?? null));
}

/** A header as it may be stored and shown: at most 256 characters, nothing that could end a line or steer a terminal. */
export function clientText(value: string | readonly string[] | undefined): string | null {
  const text = typeof value === 'string' ? value : value?.[0];
  if (text === undefined || text === '') return null;
  if (PLAIN.test(text)) return text.slice(0, MAX_TEXT);
  let shown = '';
  for (const character of asWritten(text)) {
    const next = escaped(character);
    if (shown.length + next.length > MAX_TEXT) break;
    shown += next;
  }
  return shown;
}

/** Node gives the bytes of a header as Latin-1; where they are UTF-8 they were meant so. */
function asWritten(text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  return bytes.toString('latin1') === text && isUtf8(bytes) ? bytes.toString('utf8') : text;
}

const PLAIN = /^[\x20-\x7e]*$/;

const MAX_TEXT = 256;

/** Control, format (such as U+202E) and separator characters, and halves of surrogate pairs, are written out (FAULTS B-06). */
const escaped = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );

const other = (kind: ClientKind, name: string | null): RecognisedClient => ({
  name,
  kind,
  keepAlive: 'comment',
  native: false,
});

const named = (label: string, version: string | null): string => (version === null ? label : `${label} ${version}`);

/** What Codex programs call themselves (PROTOCOL 2.2). */
const codexLabels: Readonly<Record<string, string>> = {
  codex_cli_rs: 'Codex CLI',
  codex_exec: 'Codex CLI',
  'codex-tui': 'Codex CLI',
  codex_vscode: 'Codex for VS Code',
  'codex desktop': 'Codex Desktop',
  codex_app: 'Codex Desktop',
};

function codexName(agent: string, originator: string | null): { label: string; version: string | null } | null {
  const product = /^(codex[ \w-]*)\/(\d[\w.+-]*)/i.exec(agent);
  const program = originator ?? product?.[1] ?? '';
  if (!/^codex([ _-]|$)/i.test(program)) return null;
  return { label: codexLabels[program.toLowerCase()] ?? `Codex (${program})`, version: product?.[2] ?? null };
}

interface Sign {
  readonly kind: ClientKind;
  readonly label: string;
  readonly pattern: RegExp;
}

/** Programs before the libraries that they are built with: the first sign that is found counts. */
const signs: readonly Sign[] = [
  { kind: 'opencode', label: 'OpenCode', pattern: /\bopencode\b/i },
  { kind: 'cursor', label: 'Cursor', pattern: /\bcursor\b/i },
  { kind: 'cline', label: 'Cline', pattern: /\bcline\b/i },
  { kind: 'cline', label: 'Roo Code', pattern: /\broo[- ]?code\b/i },
  { kind: 'continue', label: 'Continue', pattern: /\bcontinue(?:dev)?\b/i },
  { kind: 'zed', label: 'Zed', pattern: /\bzed\b/i },
  { kind: 'aider', label: 'Aider', pattern: /\baider\b/i },
  { kind: 'open-webui', label: 'Open WebUI', pattern: /\bopen[- ]?webui\b/i },
  { kind: 'vercel-ai', label: 'Vercel AI SDK', pattern: /\bai-sdk\/(?:provider-utils|openai[\w-]*)|\bai(?=\/\d)/i },
  { kind: 'curl', label: 'curl', pattern: /^curl(?=\/)/i },
  { kind: 'openai-python', label: 'OpenAI Python SDK', pattern: /^(?:Async)?OpenAI\/Python\b/ },
  { kind: 'openai-node', label: 'OpenAI Node SDK', pattern: /^(?:Async)?(?:Azure)?OpenAI\/JS\b/ },
];

interface Found {
  readonly kind: ClientKind;
  readonly label: string;
  readonly version: string | null;
}

function byAgent(agent: string): Found | null {
  for (const { kind, label, pattern } of signs) {
    const match = pattern.exec(agent);
    if (match === null) continue;
    const after = agent.slice(match.index + match[0].length);
    return { kind, label, version: /^[/ ]v?(\d[\w.+-]*)/.exec(after)?.[1] ?? null };
  }
  return null;
}

/** The OpenAI SDKs name themselves in headers of their own, also where the program has its own user agent. */
function bySdk(headers: IncomingHttpHeaders): Found | null {
  const version = clientText(headers['x-stainless-package-version']);
  switch (clientText(headers['x-stainless-lang'])) {
    case 'js':
      return { kind: 'openai-node', label: 'OpenAI Node SDK', version };
    case 'python':
      return { kind: 'openai-python', label: 'OpenAI Python SDK', version };
    default:
      return null;
  }
}
