import type { IncomingHttpHeaders } from 'node:http';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { RawBodies, RawBody } from '../ledger/bodies.ts';
import { safeHeaders } from '../log/safe-headers.ts';
import type { RoutedRequest } from '../routing/ports.ts';
import type { CallerIdentity } from './ports.ts';

/** What all calls that run may hold for their bodies; beyond it a call's bodies are dropped and counted. */
const HELD_BYTES = 32 * 1024 * 1024;

/** Sees what the client gets. */
export interface AnswerTee {
  head(status: number, headers: Readonly<Record<string, string>>): void;
  chunk(bytes: Buffer | string): void;
  /** Nothing more comes; called once or more. */
  end(): void;
}

/** The bodies of one call whose key asks for them. */
export interface CallCapture extends AnswerTee {
  /** The same request, seen as it is made for each attempt. */
  seen(request: RoutedRequest): RoutedRequest;
  /** The head of the upstream's answer. */
  opened(headers: IncomingHttpHeaders): void;
}

export interface Captures {
  /** `record` is the call's row, read again at the end; `null` where the key keeps nothing. */
  of(
    identity: Pick<CallerIdentity, 'capture'>,
    record: CallRecord,
    headers: IncomingHttpHeaders,
    body: Buffer,
  ): CallCapture | null;
}

export interface CapturePorts {
  /** Takes them at once, and never waits; `null` for some that there was no room for. */
  readonly keep: (bodies: RawBodies | null) => void;
  readonly settings: () => Pick<Settings, 'capture.bodyBytes'>;
  readonly clock: Clock;
}

export function createCaptures({ keep, settings, clock }: CapturePorts): Captures {
  let held = 0;

  return {
    of({ capture: mode }, record, headers, body) {
      if (mode === null) return null;
      const limit = settings()['capture.bodyBytes'];
      const request = { headers: safeHeaders(headers), body: beginning(body, limit) };
      const sent: { accountId: string; headers: Record<string, string>; body: RawBody | null }[] = [];
      let lastSent = body;
      let upstream: RawBodies['upstream'] = null;
      let status: number | null = null;
      let answerHeaders: Record<string, string> = {};
      const answer: Buffer[] = [];
      let answerBytes = 0;
      let kept = 0;
      let mine = 0;
      let over = false;

      /** False where there is no room: then all that this call held goes. */
      const hold = (bytes: number): boolean => {
        if (over) return false;
        mine += bytes;
        held += bytes;
        if (held <= HELD_BYTES) return true;
        release();
        keep(null);
        return false;
      };
      const release = (): void => {
        over = true;
        held -= mine;
        answer.length = 0;
        sent.length = 0;
      };
      if (!hold(request.body.head.length)) return null;

      return {
        seen: (routed) => ({
          ...routed,
          body(account, before) {
            const made = routed.body(account, before);
            const same = made === lastSent || made.equals(lastSent);
            const part = same ? null : beginning(made, limit);
            if (hold(part?.head.length ?? 0)) sent.push({ accountId: account.id, headers: {}, body: part });
            lastSent = made;
            return made;
          },
          headers(account) {
            const made = routed.headers(account);
            const last = sent.at(-1);
            if (last !== undefined) last.headers = safeHeaders(made);
            return made;
          },
        }),
        opened(given) {
          upstream = { headers: safeHeaders(given) };
        },
        head(given, givenHeaders) {
          status = given;
          answerHeaders = safeHeaders(givenHeaders);
        },
        chunk(given) {
          if (over) return;
          const bytes = typeof given === 'string' ? Buffer.from(given) : given;
          answerBytes += bytes.length;
          if (kept >= limit) return;
          const part = bytes.subarray(0, limit - kept);
          kept += part.length;
          if (hold(part.length)) answer.push(part);
        },
        end() {
          if (over) return;
          const head = new Uint8Array(Buffer.concat(answer));
          const bodies = { request, sent: [...sent], upstream };
          release();
          // A call that has no end yet is one whose client has left.
          if (mode === 'failed' && record.status === 'ok') return;
          keep({
            callId: record.id,
            at: clock.now(),
            ...bodies,
            answer: { status, headers: answerHeaders, body: { head, bytes: answerBytes } },
          });
        },
      };
    },
  };
}

/** Copied, so that it can be handed to another thread and does not hold the rest in memory. */
const beginning = (body: Buffer, limit: number): RawBody => ({
  head: new Uint8Array(body.subarray(0, limit)),
  bytes: body.length,
});
