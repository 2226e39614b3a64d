import type { Fault } from './fault.ts';
import type { JsonObject } from './json-object.ts';
import { objectOr } from './json-object.ts';
import type { Step } from './playback.ts';
import type { ResponseEvent } from './response-events.ts';

/** The error that a `usage-limit` fault puts into the stream, made by the caller, who knows the account. */
type LimitError = (fault: Extract<Fault, { kind: 'usage-limit' }>) => JsonObject;

/** The steps of an answer with its faults worked in; faults that act before the stream or on its bytes are left alone. */
export function planSteps(events: readonly ResponseEvent[], faults: readonly Fault[], limitError: LimitError): Step[] {
  const healthy: Step[] = events.map((event) => ({ do: 'event', event }));
  return faults.reduce((steps, fault) => apply(steps, fault, limitError), healthy);
}

function apply(steps: Step[], fault: Fault, limitError: LimitError): Step[] {
  switch (fault.kind) {
    case 'usage-limit': {
      if (fault.as === undefined || fault.as === 'status') return steps;
      const error = limitError(fault);
      if (fault.as === 'error-event') return [eventStep({ type: 'error', status_code: 429, error })];
      return [...upTo(steps, 'created'), failure(steps, error)];
    }
    case 'failed': {
      const error = { code: fault.code, message: fault.message };
      if (fault.beforeCreated === true) return [failure(steps, error)];
      return [...upTo(steps, pointOf(fault.afterDeltas), fault.afterDeltas), failure(steps, error)];
    }
    case 'error-event': {
      const error = { type: fault.code, code: fault.code, message: fault.message, param: null };
      const event = { type: 'error', code: fault.code, message: fault.message, param: null, error };
      return [...upTo(steps, pointOf(fault.afterDeltas), fault.afterDeltas), eventStep(event)];
    }
    case 'cut':
      if (fault.at === 'upload' || fault.at === 'before-headers') return steps;
      return [...upTo(steps, fault.at, fault.afterDeltas), { do: 'cut', how: fault.how ?? 'fin' }];
    case 'close': {
      const close: Step = { do: 'close', code: fault.code, reason: fault.reason ?? '' };
      return [...(fault.afterDeltas === undefined ? [] : upTo(steps, 'deltas', fault.afterDeltas)), close];
    }
    case 'silence':
      if (fault.at === 'before-headers') return steps;
      return insert(steps, upTo(steps, fault.at, fault.afterDeltas).length, [{ do: 'wait', ms: fault.ms ?? null }]);
    case 'ignore-cancel':
      return insert(steps, upTo(steps, 'deltas', fault.afterDeltas).length, [{ do: 'flood', bytes: fault.bytes }]);
    case 'incomplete':
      return [...upTo(steps, pointOf(fault.afterDeltas), fault.afterDeltas), incomplete(steps, fault.reason)];
    case 'no-terminal':
      return steps.filter((step) => !isTerminal(step));
    case 'stay-open':
      return [...steps, { do: 'wait', ms: null }];
    case 'after-terminal':
      return [
        ...steps,
        eventStep({
          type: 'response.output_text.delta',
          item_id: 'msg_late',
          output_index: 0,
          content_index: 0,
          delta: 'late',
        }),
      ];
    case 'two-terminals':
      return steps.flatMap((step) => (isTerminal(step) ? [step, step] : [step]));
    case 'usage':
      return steps.map((step) => (isTerminal(step) ? withUsage(step, fault.usage) : step));
    case 'invalid-json': {
      const raw: Step = {
        do: 'raw',
        text: 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","del\n\n',
      };
      return insert(steps, upTo(steps, 'deltas', fault.afterDeltas).length, [raw]);
    }
    case 'noise':
      return steps.flatMap((step) => [...noise, step]);
    case 'big-event': {
      const item = {
        type: 'image_generation_call',
        id: 'ig_big',
        status: 'completed',
        result: 'A'.repeat(fault.bytes),
      };
      return insert(steps, steps.findIndex(isTerminal), [
        eventStep({ type: 'response.output_item.done', output_index: 1000, item }),
      ]);
    }
    case 'keepalives': {
      const beat = keepalive[fault.form];
      const beats = Array.from({ length: fault.count }, (): Step[] => [beat, { do: 'wait', ms: fault.everyMs }]).flat();
      return insert(steps, upTo(steps, 'created').length, beats);
    }
    default:
      return steps;
  }
}

const eventStep = (event: ResponseEvent): Step => ({ do: 'event', event });

const noise: readonly Step[] = [
  { do: 'raw', text: ': a comment\n\n' },
  { do: 'raw', text: 'data:\n\n' },
  eventStep({ type: 'response.something_new', detail: { deep: [1, 2, 3] } }),
  eventStep({
    type: 'codex.rate_limits',
    plan_type: 'plus',
    rate_limits: { allowed: true, limit_reached: false, primary: null, secondary: null },
  }),
];

const keepalive: Readonly<Record<'comment' | 'event' | 'ping', Step>> = {
  comment: { do: 'raw', text: ': keepalive\n\n' },
  event: eventStep({ type: 'keepalive' }),
  ping: { do: 'ping' },
};

const isTerminal = (step: Step): boolean =>
  step.do === 'event' && /^response\.(completed|incomplete|failed)$/.test(step.event.type);

const pointOf = (afterDeltas: number | undefined): 'created' | 'deltas' =>
  afterDeltas === undefined ? 'created' : 'deltas';

/** The steps up to and with a point of the stream; a stream too short for it ends before its terminal event. */
function upTo(steps: readonly Step[], point: 'headers' | 'created' | 'deltas' | 'item-done', afterDeltas = 1): Step[] {
  if (point === 'headers') return [];
  let deltas = 0;
  const index = steps.findIndex((step) => {
    if (step.do !== 'event') return false;
    if (point === 'created') return step.event.type === 'response.created';
    if (point === 'item-done') return step.event.type === 'response.output_item.done';
    if (step.event.type.endsWith('.delta')) deltas += 1;
    return deltas >= afterDeltas;
  });
  return steps.slice(0, index === -1 ? Math.max(0, steps.findIndex(isTerminal)) : index + 1);
}

const insert = (steps: readonly Step[], at: number, added: readonly Step[]): Step[] => [
  ...steps.slice(0, Math.max(0, at)),
  ...added,
  ...steps.slice(Math.max(0, at)),
];

/** The response object that the stream started with. */
function begun(steps: readonly Step[]): JsonObject {
  const first = steps.find((step) => step.do === 'event' && step.event['response'] !== undefined);
  return first?.do === 'event' ? objectOr(first.event['response']) : {};
}

const failure = (steps: readonly Step[], error: JsonObject): Step =>
  eventStep({ type: 'response.failed', response: { ...begun(steps), status: 'failed', error } });

const incomplete = (steps: readonly Step[], reason: string): Step => {
  const terminal = steps.find(isTerminal);
  const full = terminal?.do === 'event' ? objectOr(terminal.event['response']) : begun(steps);
  const response = { ...full, status: 'incomplete', incomplete_details: { reason } };
  return eventStep({ type: 'response.incomplete', response });
};

function withUsage(step: Step, form: Extract<Fault, { kind: 'usage' }>['usage']): Step {
  if (step.do !== 'event') return step;
  const { usage, ...rest } = objectOr(step.event['response']);
  const given = objectOr(usage);
  const forms: Readonly<Record<typeof form, JsonObject>> = {
    missing: {},
    null: { usage: null },
    'null-details': { usage: { ...given, input_tokens_details: null, output_tokens_details: null } },
    'no-details': {
      usage: {
        input_tokens: given['input_tokens'],
        output_tokens: given['output_tokens'],
        total_tokens: given['total_tokens'],
      },
    },
    floats: { usage: { ...given, input_tokens: 10.5, output_tokens: 2.25, total_tokens: 12.75 } },
  };
  return eventStep({ ...step.event, response: { ...rest, ...forms[form] } });
}
