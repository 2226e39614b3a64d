import { MODEL } from '../wire/answers.ts';
import { type Order, orderText } from '../wire/order.ts';
import type { Lane } from './figure.ts';

/** The body of a small call, in the lane's protocol. */
export function smallBody(surface: Lane['surface'], order: Order, stream: boolean): string {
  const text = `Say something short. ${orderText(order)}`;
  const said = surface === 'chat' ? { messages: [{ role: 'user', content: text }] } : { input: text };
  return JSON.stringify({ model: MODEL, stream, ...said });
}

/** A small streaming Responses body with room for an order. */
export function bodyAroundOrder(): [before: string, after: string] {
  const order = orderText({ kind: 'short' });
  const [before = '', after = ''] = smallBody('responses', { kind: 'short' }, true).split(order);
  return [before, after];
}

/** A body like the Codex CLI's late in a long session: a history of some `bytes`, mostly outputs of tools. */
export function codexBody(bytes: number): string {
  const output = 'src/example.ts:42: a line of a tool\'s output with "quotes" and \\ in it\n'.repeat(50);
  const item = { type: 'function_call_output', call_id: 'call_0000', output };
  const items = Math.ceil(bytes / JSON.stringify(item).length);
  const question = {
    type: 'message',
    role: 'user',
    content: [{ type: 'input_text', text: orderText({ kind: 'three' }) }],
  };
  const history = Array.from({ length: items }, (_, index) => [
    { type: 'function_call', call_id: `call_${index}`, name: 'shell', arguments: '{"command":["ls"]}' },
    { ...item, call_id: `call_${index}` },
  ]);
  return JSON.stringify({
    model: MODEL,
    stream: true,
    instructions: 'You are a coding agent.',
    input: [question, ...history.flat()],
    tools: [],
    store: false,
  });
}
