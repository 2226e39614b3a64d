/** The smallest PNG: one pixel. */
export const pixelPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export const pixelUrl = `data:image/png;base64,${pixelPng.toString('base64')}`;

/** What the simulator answers by it: `{"title":"text","done":true}`. */
export const planSchema = {
  type: 'object',
  properties: { title: { type: 'string' }, done: { type: 'boolean' } },
  required: ['title', 'done'],
  additionalProperties: false,
};
