import type OpenAI from 'openai';

/** The tokens as an SDK reports them, in the order of a row's `factsOf(...).tokens`. */
export const chatTokens = (usage: OpenAI.CompletionUsage | null | undefined) => [
  usage?.prompt_tokens,
  usage?.prompt_tokens_details?.cached_tokens,
  usage?.completion_tokens,
  usage?.completion_tokens_details?.reasoning_tokens,
];

export const responsesTokens = (usage: OpenAI.Responses.ResponseUsage | undefined) => [
  usage?.input_tokens,
  usage?.input_tokens_details.cached_tokens,
  usage?.output_tokens,
  usage?.output_tokens_details.reasoning_tokens,
];
