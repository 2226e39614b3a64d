/** The columns, each with a word that a test of that client has in its file. */
export const matrixClients = {
  'Codex CLI': 'Codex CLI',
  'OpenAI Node SDK': "from 'openai",
  'OpenAI Python SDK': 'OpenAI Python SDK',
  'Vercel AI SDK': "from '@ai-sdk/openai'",
  OpenCode: 'OpenCode',
  curl: 'curl',
} as const;

export type MatrixClient = keyof typeof matrixClients;

/** A file of this folder without its ending, and words of the test's name in it. */
type Cell = readonly [file: string, test: string];

const sdkCase = (test: string) => {
  const cell: Cell = ['client-cases', test];
  return { 'OpenAI Node SDK': cell, 'OpenAI Python SDK': cell, 'Vercel AI SDK': cell, curl: cell };
};

/** What each real client is shown to do through Relay: docs/clients.md has it as a table, client-matrix.test.ts holds both. */
export const clientMatrix: Readonly<Record<string, Readonly<Record<MatrixClient, Cell>>>> = {
  'streams an answer': {
    'Codex CLI': ['codex-tools', 'calling the shell three times'],
    'OpenAI Node SDK': ['openai-node', 'numbered without a gap and with no half item'],
    'OpenAI Python SDK': ['openai-python', 'streams Responses, numbered without a gap'],
    'Vercel AI SDK': ['ai-sdk', 'streamText streams, and the log has the same tokens'],
    OpenCode: ['connect-opencode', 'has the real OpenCode stream and call a tool'],
    curl: ['curl', 'streams Chat Completions'],
  },
  'calls tools': {
    'Codex CLI': ['codex-tools', 'calling the shell three times'],
    'OpenAI Node SDK': ['openai-node-tools', 'runs a whole tool loop with runTools'],
    'OpenAI Python SDK': ['openai-python', 'loops through parallel tools on both protocols'],
    'Vercel AI SDK': ['ai-sdk', 'loops through parallel tools with streamText'],
    OpenCode: ['connect-opencode', 'has the real OpenCode stream and call a tool'],
    curl: ['curl', 'asks for $form on Responses'],
  },
  'sends an image': {
    'Codex CLI': ['codex-content', 'sends an image'],
    'OpenAI Node SDK': ['openai-node-content', 'passes images as data URLs on both protocols'],
    'OpenAI Python SDK': ['openai-python', 'passes images as data URLs on both protocols'],
    'Vercel AI SDK': ['ai-sdk', 'passes system text and an image'],
    OpenCode: ['opencode', 'sends an image'],
    curl: ['curl', 'asks for $form on Responses'],
  },
  'gets structured output': {
    'Codex CLI': ['codex-content', 'gets an answer by a schema'],
    'OpenAI Node SDK': ['openai-node-content', 'parses responses.parse with a zod schema'],
    'OpenAI Python SDK': ['openai-python', 'parses structured output with pydantic on both protocols'],
    'Vercel AI SDK': ['ai-sdk', 'generates an object that fits its schema'],
    OpenCode: ['opencode', 'gets an answer by a schema'],
    curl: ['curl', 'asks for $form on Responses'],
  },
  'gets 3,000 words whole': {
    ...sdkCase('streams a long answer whole'),
    'Codex CLI': ['codex-content', 'and a long one'],
    OpenCode: ['opencode', 'shows a long answer whole'],
  },
  'an account fails before it answers': {
    ...sdkCase('does not notice an account that fails before it answers'),
    'Codex CLI': ['codex-limits', 'that reaches its limit mid-session'],
    OpenCode: ['opencode', 'does not notice an account that fails before it answers'],
  },
  'an account breaks off in its answer': {
    ...sdkCase('reads one whole answer where an account breaks off in its middle'),
    'Codex CLI': ['codex-splice', 'reads one whole answer'],
    OpenCode: ['opencode', 'shows one whole answer where an account breaks off in its middle'],
  },
  'the pool is exhausted': {
    ...sdkCase('which costs no account a request'),
    'Codex CLI': ['codex-limits', 'an exhausted pool tells the user so after one request'],
    OpenCode: ['opencode', 'waits, after one request, until the pool is back'],
  },
  'its key was revoked': {
    ...sdkCase('is told of a key that was revoked between two calls'),
    'Codex CLI': ['codex-content', 'that its key was revoked between two turns'],
    OpenCode: ['opencode', 'is told that its key was revoked'],
  },
};
