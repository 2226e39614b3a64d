import type { Settings } from '../../src-shared/contract/settings.ts';
import type { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { Frame } from '../protocol/sse-frames.ts';
import type { Upstream } from '../upstreams/upstream.ts';
import type { Affinity } from './affinity.ts';
import type { EncryptedOrigins } from './encrypted-origins.ts';
import type { TerminalKind } from './event-kind.ts';
import type { LearnPorts } from './learn.ts';
import type { BookkeepingPorts } from './open-attempt.ts';
import type { AnswerSink, RoutedAccount, RoutedRequest, RouteReport } from './ports.ts';
import { Route } from './route.ts';
import type { StepPorts } from './survey.ts';

export interface RouterPorts extends StepPorts, BookkeepingPorts, LearnPorts {
  readonly upstreamOf: (account: RoutedAccount) => Upstream;
  readonly affinity: Affinity;
  readonly origins: EncryptedOrigins;
  readonly settings: () => Settings;
  readonly timers: Timers;
}

export interface RouteListener {
  finished(frame: Frame, kind: TerminalKind, report: RouteReport): void;
  /** `frame` is the event with which the upstream declared the failure after output. */
  failed(error: RelayError, committed: boolean, frame: Frame | null, report: RouteReport): void;
}

export interface RunningRoute {
  /** The client can take more. */
  resume(): void;
  cancel(): RouteReport;
}

export interface Router {
  route(request: RoutedRequest, sink: AnswerSink, listener: RouteListener): RunningRoute;
}

/** Carries calls through their attempts. */
export function createRouter(ports: RouterPorts): Router {
  return {
    route(request, sink, listener) {
      const route = new Route(ports, request, sink, listener);
      route.next();
      return route;
    },
  };
}
