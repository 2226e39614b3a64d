import { asObject, asText, type JsonObject } from './json-object.ts';

export type FinishReason = 'stop' | 'length' | 'content_filter' | 'tool_calls' | 'function_call';

/** Chat's `finish_reason` for a Responses answer that ended by itself (PROTOCOL 3.4, FAULTS U-20). */
export function finishReason(response: JsonObject, hasCalls: boolean, legacyFunctions: boolean): FinishReason {
  const reason = asText(asObject(response['incomplete_details'])?.['reason']);
  if (response['status'] === 'incomplete' || reason !== null) {
    if (reason === 'content_filter') return 'content_filter';
    // `interrupted` is an answer that ended early of its own accord.
    if (reason !== 'interrupted') return 'length';
  }
  if (!hasCalls) return 'stop';
  return legacyFunctions ? 'function_call' : 'tool_calls';
}
