import * as accounts from './account-endpoints.ts';
import type { Backend } from './backend.ts';
import { chatCompletions } from './chat-endpoint.ts';
import type { Exchange } from './exchange.ts';
import { detailRefusal, errorRefusal } from './refusal.ts';
import { codexResponses, compact, openAiResponses } from './responses-endpoint.ts';
import type { SignIn } from './sign-in.ts';

type Route = (exchange: Exchange) => Promise<void>;

/** Finds the endpoint of a request; what the real services do not have is refused in their own words. */
export function createRoutes(backend: Backend, signIn: SignIn): Route {
  const to =
    (endpoint: (exchange: Exchange, backend: Backend) => Promise<void>): Route =>
    (exchange) =>
      endpoint(exchange, backend);
  const routes: Readonly<Record<string, Route>> = {
    'POST /backend-api/codex/responses': to(codexResponses),
    'POST /backend-api/codex/responses/compact': to(compact),
    'GET /backend-api/codex/models': to(accounts.codexModels),
    'GET /backend-api/wham/usage': to(accounts.usage),
    'GET /backend-api/wham/accounts/check': to(accounts.accountsCheck),
    'GET /backend-api/wham/rate-limit-reset-credits': to(accounts.resetCredits),
    'POST /backend-api/wham/rate-limit-reset-credits/consume': to(accounts.consumeResetCredit),
    'POST /v1/responses': to(openAiResponses),
    'POST /v1/chat/completions': to(chatCompletions),
    'POST /v1/embeddings': to(accounts.embeddings),
    'GET /v1/models': to(accounts.openAiModels),
    'GET /oauth/authorize': signIn.authorize,
    'POST /oauth/token': signIn.token,
    'POST /oauth/revoke': signIn.revoke,
    'POST /api/accounts/deviceauth/usercode': signIn.deviceStart,
    'POST /api/accounts/deviceauth/token': signIn.devicePoll,
    'GET /api/accounts/v1/user-auth-credential/whoami': to(accounts.whoAmI),
  };
  return async (exchange) => {
    const { method = 'GET' } = exchange.request;
    const route = routes[`${method} ${exchange.path}`];
    if (route !== undefined) return route(exchange);
    if (method === 'GET' && exchange.path.startsWith('/v1/models/')) return accounts.openAiModelById(exchange, backend);
    if (!exchange.path.startsWith('/v1/')) throw detailRefusal(404, 'Not Found');
    throw errorRefusal(404, null, `Invalid URL (${method} ${exchange.path})`);
  };
}
