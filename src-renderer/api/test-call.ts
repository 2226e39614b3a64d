import { z } from 'zod';
import { ApiError, readRefusal } from './client.ts';

const answerSchema = z.object({
  output: z.array(z.object({ content: z.array(z.object({ text: z.string().optional() })).nullish() })),
});

/** Sends one small request to the gateway as a client would, and gives back what the model said; `''` where it said nothing. */
export async function sendTestCall(secret: string, model: string): Promise<string> {
  const response = await fetch('/v1/responses', {
    method: 'POST',
    credentials: 'omit',
    redirect: 'error',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model, input: 'Say hello in five words.', store: false }),
  }).catch(() => {
    throw new ApiError(0, 'Relay does not answer. Is it running? Start it with: relay serve', null, null);
  });
  if (!response.ok) throw await readRefusal(response);
  const { output } = answerSchema.parse(await response.json());
  return output.flatMap(({ content }) => (content ?? []).map(({ text }) => text ?? '')).join('');
}
