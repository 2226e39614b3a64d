import type { RequestHandler, Router } from 'express';

/** Routers under one path of /api, in the order in which they are asked. */
export type Mount = readonly [path: string, ...handlers: readonly (Router | RequestHandler)[]];

interface Layer {
  readonly handle: { readonly stack?: readonly Layer[] };
  readonly slash?: boolean;
  readonly route?: {
    readonly path: string | readonly string[];
    readonly stack: readonly { readonly method?: string }[];
  };
}

/** Every route under these mounts as `GET /api/keys/{id}`: what the description of the API is held against. */
export const routesOf = (mounts: readonly Mount[]): string[] =>
  mounts
    .flatMap(([path, ...handlers]) =>
      handlers.flatMap((handler) => routesIn(`/api${path}`, handler as Layer['handle'])),
    )
    .sort();

function routesIn(base: string, { stack = [] }: Layer['handle']): string[] {
  return stack.flatMap(({ route, handle, slash }) => {
    if (route === undefined) {
      if (handle.stack !== undefined && slash !== true)
        throw new Error(`A router under ${base} has a path of its own.`);
      return routesIn(base, handle);
    }
    const methods = new Set(route.stack.flatMap(({ method }) => method?.toUpperCase() ?? []));
    const names = [route.path].flat().map((path) => `${base}${path === '/' ? '' : path}`);
    return [...methods].flatMap((method) => names.map((name) => `${method} ${name.replace(/:([A-Za-z]+)/g, '{$1}')}`));
  });
}
