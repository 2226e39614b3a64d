/** Prefixes under which clients look for the OpenAI surface: with `/v1`, without it, doubled, or as the Codex backend. */
const prefix = /^(?:\/backend-api\/codex)?(?:\/v1)*(?=\/)/;

const served = new Set([
  '/responses',
  '/chat/completions',
  '/models',
  '/responses/compact',
  '/completions',
  '/embeddings',
]);

/** A request's path as the gateway routes it: `/v1/...`; `null` for paths that belong to the dashboard (CLIENTS: Xcode, Any SDK). */
export function gatewayPath(path: string): string | null {
  const rest = path.replace(prefix, '');
  if (rest.length < path.length) return `/v1${rest}`;
  if (served.has(path) || path.startsWith('/models/') || path.startsWith('/responses/')) return `/v1${path}`;
  return null;
}
