import { channel } from 'node:diagnostics_channel';
import type { Server } from 'node:http';
import express from 'express';

/** A router or an app as Express has it; a plain handler has neither routes nor anything mounted. */
interface Handler {
  readonly stack?: readonly Layer[];
  readonly router?: Handler;
}

interface Layer {
  readonly route?: {
    readonly path: string | readonly string[];
    readonly stack: readonly { readonly method?: string }[];
  };
}

interface Mounted {
  readonly under: Handler;
  readonly path: string;
  readonly handler: Handler;
}

export interface MountRecord {
  /** `GET /api/keys/{id}`, sorted: every route of the Express apps that answer at this address. Sends one request. */
  routesAt(url: string): Promise<string[]>;
  /** Stops recording. */
  end(): void;
}

/** Express does not keep under which path a router was mounted: this notes it, for all that is mounted from now on. */
export function recordMounts(): MountRecord {
  const mounted: Mounted[] = [];
  const places = [express.Router.prototype, express.application] as { use: (...args: unknown[]) => unknown }[];
  const before = places.map((place) => place.use);
  places.forEach((place, index) => {
    place.use = function (this: Handler, ...args: unknown[]) {
      const [first] = args;
      const path = typeof first === 'string' ? first : '/';
      for (const handler of args.flat(Number.POSITIVE_INFINITY)) {
        if (typeof handler === 'function') mounted.push({ under: this, path, handler: handler as Handler });
      }
      return before[index]!.apply(this, args);
    };
  });

  function routesOf(node: Handler, base: string): string[] {
    const own = node.stack === undefined ? [] : node.stack.flatMap((layer) => namesOf(layer, base));
    const below = mounted
      .filter(({ under }) => under === node)
      .flatMap(({ path, handler }) => routesOf(handler, base + rooted(path)));
    return [...own, ...below, ...(node.router === undefined ? [] : routesOf(node.router, base))];
  }

  return {
    async routesAt(url) {
      const apps = await appsAt(url);
      return [...new Set(apps.flatMap((app) => routesOf(app, '')))].sort();
    },
    end() {
      for (const [index, place] of places.entries()) place.use = before[index]!;
    },
  };
}

function namesOf({ route }: Layer, base: string): string[] {
  if (route === undefined) return [];
  const methods = new Set(route.stack.flatMap(({ method }) => method?.toUpperCase() ?? []));
  const paths = [route.path].flat().map((path) => `${base}${rooted(path)}`.replace(/:([A-Za-z]+)/g, '{$1}') || '/');
  return [...methods].flatMap((method) => paths.map((path) => `${method} ${path}`));
}

const rooted = (path: string): string => (path === '/' ? '' : path);

/** Who is asked when a request comes to this address: the listeners of its server. */
async function appsAt(url: string): Promise<Handler[]> {
  const requests = channel('http.server.request.start');
  const { port } = new URL(url);
  let found: Handler[] = [];
  const look = (message: unknown): void => {
    const { server, request } = message as { server: Server; request: { socket: { localPort?: number } } };
    if (String(request.socket.localPort) === port) found = server.listeners('request') as unknown as Handler[];
  };
  requests.subscribe(look);
  await fetch(url, { method: 'HEAD' });
  requests.unsubscribe(look);
  return found;
}
