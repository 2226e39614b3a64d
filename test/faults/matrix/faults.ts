import type { ScriptEntry } from '../../../src-main/simulator/fault.ts';

/** A fault of an upstream, and what a client may be told of it where no other account can help. */
export interface MatrixFault {
  readonly name: string;
  readonly fault: ScriptEntry;
  /** The error's code for a client when every account has the fault. */
  readonly alone: RegExp;
}

const status = (code: number, body: object = {}, headers: Record<string, string> = {}): ScriptEntry => ({
  kind: 'status',
  status: code,
  body: { error: { message: 'no', ...body } },
  headers,
});

const path = /upstream_|no_available|50[234] /;

/** Before any output: another account must serve, and the client must see nothing of it. */
export const beforeOutput: readonly MatrixFault[] = [
  {
    name: 'U-01 429 with Retry-After',
    fault: status(429, { code: 'rate_limit_exceeded' }, { 'retry-after': '90' }),
    alone: /usage_limit_reached/,
  },
  { name: 'U-02 429 without a hint', fault: status(429, {}), alone: /usage_limit_reached/ },
  {
    name: 'U-03 usage limit as status',
    fault: { kind: 'usage-limit', resetsInSeconds: 10_800 },
    alone: /usage_limit_reached/,
  },
  {
    name: 'U-03 usage limit as an error event in a 200',
    fault: { kind: 'usage-limit', resetsInSeconds: 10_800, as: 'error-event' },
    alone: /usage_limit_reached/,
  },
  {
    name: 'U-03 usage limit as a failed response in a 200',
    fault: { kind: 'usage-limit', resetsInSeconds: 10_800, as: 'failed-event' },
    alone: /usage_limit_reached/,
  },
  {
    name: 'U-04 429 that says when in words',
    fault: status(429, { message: 'try again in 6m0s', code: 'rate_limit_exceeded' }),
    alone: /usage_limit_reached/,
  },
  { name: 'insufficient quota', fault: status(429, { code: 'insufficient_quota' }), alone: /usage_limit_reached/ },
  { name: 'U-05 500', fault: status(500), alone: path },
  {
    name: 'U-05 502 with a page',
    fault: { kind: 'status', status: 502, body: '<html>bad gateway</html>' },
    alone: path,
  },
  { name: 'U-05 503', fault: status(503), alone: path },
  { name: 'U-05 504', fault: status(504), alone: path },
  { name: 'U-05 520', fault: status(520), alone: path },
  { name: 'U-05 529', fault: status(529), alone: path },
  { name: 'U-07 overloaded as status', fault: status(503, { code: 'server_is_overloaded' }), alone: path },
  {
    name: 'U-07 overloaded in the stream',
    fault: { kind: 'failed', code: 'server_is_overloaded', message: 'over' },
    alone: path,
  },
  {
    name: 'server error in the stream',
    fault: { kind: 'failed', code: 'server_error', message: 'broke' },
    alone: path,
  },
  { name: '401 that stays', fault: status(401, { code: 'token_invalidated' }), alone: /no_available_accounts/ },
  {
    name: 'A-11 403 usage not included',
    fault: status(403, { type: 'usage_not_included' }),
    alone: /no_available|upstream_error/,
  },
  { name: '403 with a block page', fault: { kind: 'status', status: 403, body: '<html>blocked</html>' }, alone: path },
  {
    name: 'U-09 a model that this login lacks',
    fault: {
      kind: 'status',
      status: 400,
      body: { detail: "The 'gpt-5.5' model is not supported when using Codex with a ChatGPT account." },
    },
    alone: /model_not_found/,
  },
  { name: 'U-15 cut while the request is sent', fault: { kind: 'cut', at: 'upload' }, alone: path },
  { name: 'U-15 reset before the headers', fault: { kind: 'cut', at: 'before-headers', how: 'reset' }, alone: path },
  { name: 'U-15 end after the headers', fault: { kind: 'cut', at: 'headers', how: 'fin' }, alone: path },
  { name: 'U-16 clean end after created', fault: { kind: 'cut', at: 'created', how: 'clean' }, alone: path },
  { name: 'JSON instead of a stream', fault: { kind: 'json-200' }, alone: path },
  { name: 'an empty 200', fault: { kind: 'empty-200' }, alone: path },
  { name: 'silence before the headers', fault: { kind: 'silence', at: 'before-headers' }, alone: path },
  { name: 'silence after created', fault: { kind: 'silence', at: 'created' }, alone: path },
  {
    name: 'U-26 a redirect',
    fault: { kind: 'redirect', location: 'http://127.0.0.2:9/steal', status: 307 },
    alone: path,
  },
];

const cut = (how: 'fin' | 'reset' | 'clean', afterDeltas: number): ScriptEntry => ({
  kind: 'cut',
  at: 'deltas',
  afterDeltas,
  how,
});

/** After text was sent: the answer is finished elsewhere, to the letter, or ends as an error that a client can retry. */
export const midText: readonly MatrixFault[] = [
  { name: 'reset after 1 delta', fault: cut('reset', 1), alone: /./ },
  { name: 'end after 3 deltas', fault: cut('fin', 3), alone: /./ },
  { name: 'clean end after 7 deltas', fault: cut('clean', 7), alone: /./ },
  { name: 'silence after 4 deltas', fault: { kind: 'silence', at: 'deltas', afterDeltas: 4 }, alone: /./ },
  { name: 'no terminal event', fault: { kind: 'no-terminal' }, alone: /./ },
];
