import { apiAccount, type Backend, chatgptAccount, personalTokenAccount } from './backend.ts';
import { type Exchange, header, reply } from './exchange.ts';
import type { Endpoint } from './fault.ts';
import { isObject, type JsonObject, listOr, textOr } from './json-object.ts';
import { usageReport } from './limit-report.ts';
import { type Catalogue, codexCatalogue, openAiCatalogue, openAiModel } from './model-catalogue.ts';
import { checkApiModel, requireObject } from './openai-rules.ts';
import { headerChanges, playBeforeAnswer } from './plain-fault.ts';
import { tokensOf } from './prompt-cache.ts';
import { missingParameter } from './refusal.ts';
import type { SimulatedAccount } from './simulated-account.ts';

type Handler = (exchange: Exchange, account: SimulatedAccount, backend: Backend) => void;

/** An endpoint of the ChatGPT side that knows its account and can be told to fail. */
const ofLogin =
  (endpoint: Endpoint, handle: Handler) =>
  async (exchange: Exchange, backend: Backend): Promise<void> => {
    const account = chatgptAccount(backend, header(exchange, 'authorization'), header(exchange, 'chatgpt-account-id'));
    await serve(endpoint, exchange, account, backend, handle);
  };

const ofKey =
  (endpoint: Endpoint, handle: Handler) =>
  async (exchange: Exchange, backend: Backend): Promise<void> =>
    serve(endpoint, exchange, apiAccount(backend, header(exchange, 'authorization')), backend, handle);

async function serve(
  endpoint: Endpoint,
  exchange: Exchange,
  account: SimulatedAccount,
  backend: Backend,
  handle: Handler,
): Promise<void> {
  exchange.record.account = account.name;
  const faults = account.faults.take(endpoint);
  for (const [name, value] of Object.entries(headerChanges({}, faults))) exchange.response.setHeader(name, value);
  if (await playBeforeAnswer(exchange, account, faults, backend)) return;
  handle(exchange, account, backend);
}

export const codexModels = ofLogin('models', (exchange, account) =>
  replyCatalogue(exchange, codexCatalogue(account.models)),
);

export const openAiModels = ofKey('models', (exchange, account) =>
  replyCatalogue(exchange, openAiCatalogue(account.models)),
);

export const openAiModelById = ofKey('models', (exchange, account) => {
  const slug = decodeURIComponent(exchange.path.slice('/v1/models/'.length));
  checkApiModel(account, slug);
  reply(exchange, 200, openAiModel(slug));
});

function replyCatalogue(exchange: Exchange, { body, etag }: Catalogue): void {
  if (header(exchange, 'if-none-match') === etag) {
    exchange.record.status = 304;
    exchange.response.writeHead(304, { etag }).end();
    return;
  }
  reply(exchange, 200, body, { etag });
}

export const usage = ofLogin('usage', (exchange, account, backend) =>
  reply(exchange, 200, usageReport(account, backend.clock.now())),
);

/** PROTOCOL 6.2. */
export const accountsCheck = ofLogin('accounts-check', (exchange, account) =>
  reply(exchange, 200, {
    accounts: [
      {
        id: account.accountId,
        account_user_id: `${account.userId}__${account.accountId}`,
        structure: 'personal',
        plan_type: account.plan,
        name: null,
        profile_picture_url: null,
        is_deactivated: false,
        workspace_backend_origin: account.backendOrigin,
        account_routing_override: 'NO_CONSTRAINT',
      },
    ],
    account_ordering: [account.accountId],
    default_account_id: account.accountId,
  }),
);

export const resetCredits = ofLogin('reset-credits', (exchange, account) =>
  reply(exchange, 200, { available_count: account.resetCredits }),
);

/** What the sign-in service says of a personal access token (PROTOCOL 1.6). */
export async function whoAmI(exchange: Exchange, backend: Backend): Promise<void> {
  const account = personalTokenAccount(backend, header(exchange, 'authorization'));
  await serve('whoami', exchange, account, backend, () =>
    reply(exchange, 200, {
      email: account.email,
      chatgpt_user_id: account.userId,
      chatgpt_account_id: account.accountId,
      chatgpt_plan_type: account.plan,
      chatgpt_account_is_fedramp: false,
    }),
  );
}

/** Spends one credit and empties the windows (PROTOCOL 6.4). */
export const consumeResetCredit = ofLogin('reset-credits', (exchange, account) => {
  const windows = [account.windows.fiveHour, account.windows.weekly].filter((window) => window !== null);
  const used = windows.filter((window) => window.usedPercent() > 0);
  const code = account.resetCredits === 0 ? 'no_credit' : used.length === 0 ? 'nothing_to_reset' : 'reset';
  if (code === 'reset') {
    account.resetCredits -= 1;
    for (const window of used) window.reset();
  }
  reply(exchange, 200, { code, windows_reset: code === 'reset' ? used.length : 0 });
});

/** POST /v1/embeddings: short vectors that depend on the text alone. */
export const embeddings = ofKey('embeddings', (exchange) => {
  const body = requireObject(exchange.body);
  const input = typeof body['input'] === 'string' ? [body['input']] : listOr(body['input']);
  if (input.length === 0) throw missingParameter('input');
  const data = input.map((text, index) => embeddingOf(String(text), index, body['encoding_format'] === 'base64'));
  const tokens = input.reduce<number>((sum, text) => sum + tokensOf(String(text).length), 0);
  reply(exchange, 200, {
    object: 'list',
    data,
    model: isObject(body) ? textOr(body['model'], '') : '',
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
});

function embeddingOf(text: string, index: number, base64: boolean): JsonObject {
  const vector = Float32Array.from({ length: 8 }, (_, position) => {
    let sum = 0;
    for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0) * (position + 1)) % 1009;
    return sum / 1009;
  });
  const embedding = base64 ? Buffer.from(vector.buffer).toString('base64') : Array.from(vector);
  return { object: 'embedding', index, embedding };
}
