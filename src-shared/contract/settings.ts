import { z } from 'zod';
import { partNames, strategyNames } from '../domain/decision.ts';
import { isTimeZone } from '../domain/period.ts';
import { isSafeAddress } from '../domain/safe-address.ts';
import { relayPauseSchema } from './pause.ts';

/** Which window of an account stands for it in the tray. */
export const trayWindows = ['tightest', 'shortest', 'longest'] as const;
export type TrayWindow = (typeof trayWindows)[number];

const ms = (min: number, max: number) => z.number().int().min(min).max(max);

/** Every setting by its dotted name, with its default, bounds and meaning. Durations in milliseconds, sizes in bytes. */
export const settingsSchema = z.object({
  'timeouts.connectMs': ms(10, 120_000).default(10_000).describe('How long a connection to an upstream may take'),
  'timeouts.firstOutputMs': ms(50, 3_600_000)
    .default(300_000)
    .describe('How long an upstream may take until the first output of an answer'),
  'timeouts.silenceMs': ms(50, 3_600_000)
    .default(300_000)
    .describe('How long an upstream may stay silent once its answer has begun'),
  'timeouts.clientHeadersMs': ms(50, 600_000)
    .default(10_000)
    .describe('How long a client may take to send its headers'),
  'timeouts.clientBodyMs': ms(50, 3_600_000).default(60_000).describe('How long a client may take to send its body'),
  'timeouts.clientDrainMs': ms(50, 3_600_000)
    .default(120_000)
    .describe('How long a client may stop reading before its stream or WebSocket is closed'),
  'timeouts.keepAliveMs': ms(50, 600_000)
    .default(10_000)
    .describe('How often a waiting stream gets a keep-alive in the form its client honours, and a WebSocket a ping'),
  'limits.bodyBytes': ms(1_024, 512 * 1024 * 1024)
    .default(64 * 1024 * 1024)
    .describe(
      'The largest request body, before and after inflation, and the largest message of a WebSocket; all bodies that are still on their way may take four times as much',
    ),
  'limits.concurrentCalls': ms(1, 100_000)
    .default(600)
    .describe('How many calls Relay serves at once; more wait for their turn, keys taking turns'),
  'limits.queueMs': ms(0, 60_000)
    .default(1_000)
    .describe('How long a call may wait for its turn before it is refused with Retry-After'),
  'limits.jsonDepth': ms(4, 1_024).default(128).describe('The deepest nesting of a request body'),
  'limits.headerBytes': ms(1_024, 1_048_576).default(16_384).describe('The largest request header block'),
  'limits.eventBytes': ms(1_024, 256 * 1024 * 1024)
    .default(16 * 1024 * 1024)
    .describe('The largest single event of an upstream stream'),
  'routing.strategy': z.enum(strategyNames).default('balanced').describe('How an account is chosen for each call'),
  'routing.weights': z
    .partialRecord(z.enum(partNames), z.number().min(0).max(100))
    .default({})
    .describe('Your own weights for parts of the score, in place of the strategy’s'),
  'routing.maxAttempts': ms(1, 10)
    .default(3)
    .describe('How many attempts of one call may fail on the way; moving on from an account that rests is not counted'),
  'routing.totalMs': ms(1_000, 86_400_000)
    .default(600_000)
    .describe('How long one call may go on from account to account before its answer begins'),
  'routing.splice': z
    .enum(['text', 'off'])
    .default('text')
    .describe('Whether a cut answer is continued on another account'),
  'routing.holdMs': ms(0, 3_600_000)
    .default(60_000)
    .describe('How long a call may wait for the first account to come back'),
  'overflow.dailyMicroUsd': ms(0, 1_000_000_000_000)
    .default(10_000_000)
    .describe('What metered keys may cost a day, in micro-dollars, when they stand in for spent subscriptions'),
  'affinity.keepMs': ms(1_000, 90 * 86_400_000)
    .default(86_400_000)
    .describe('How long after its last call a conversation stays tied to its account'),
  'responses.keep': z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'Whether answers to requests with store (the default of the Responses API) are kept on this machine, with their prompts; off erases what was kept',
    ),
  'responses.keepBytes': ms(0, 64 * 1024 * 1024 * 1024)
    .default(200 * 1024 * 1024)
    .describe('How much room kept responses may take; the conversations that were used longest ago go first'),
  'responses.keepMs': ms(1_000, 365 * 86_400_000)
    .default(30 * 86_400_000)
    .describe('How long a conversation of kept responses stays after its last use'),
  'retention.days': ms(1, 36_500)
    .default(365)
    .describe('How many days calls are kept; sums by hour and day stay for good'),
  'retention.decisionDays': ms(1, 36_500)
    .default(30)
    .describe('How many days it is kept why a call went where it went'),
  'retention.bytes': ms(1024 * 1024, 1024 * 1024 * 1024 * 1024)
    .default(8 * 1024 * 1024 * 1024)
    .describe('How large the call log may become; the oldest calls go first, none of the last hour'),
  'capture.bodyBytes': ms(1_024, 8 * 1024 * 1024)
    .default(256 * 1024)
    .describe('How much is kept of each body of a call whose key asks for that'),
  'capture.keepMs': ms(60_000, 365 * 86_400_000)
    .default(7 * 86_400_000)
    .describe('How long kept bodies stay'),
  'capture.bytes': ms(1_024, 64 * 1024 * 1024 * 1024)
    .default(256 * 1024 * 1024)
    .describe('How much room kept bodies may take together; the oldest go first'),
  'capture.redact': z
    .array(z.string().min(1).max(200))
    .max(100)
    .default([])
    .describe(
      'What kept bodies never hold besides secrets: words, and names of JSON members whose values are left out',
    ),
  'cooldown.minMs': ms(0, 3_600_000).default(5_000).describe('The shortest rest after a limit without a stated reset'),
  'breaker.openMs': ms(10, 3_600_000).default(30_000).describe('How long a failing path is left alone before a probe'),
  'process.drainMs': ms(0, 3_600_000).default(30_000).describe('How long running streams may finish on shutdown'),
  'process.pause': relayPauseSchema
    .nullable()
    .default(null)
    .describe('Whether Relay as a whole is paused; set by relay pause, the tray and the dashboard'),
  'desktop.closeToTray': z
    .boolean()
    .default(true)
    .describe('Whether closing the window leaves Relay running in the tray; off ends Relay with its window'),
  'desktop.startHidden': z.boolean().default(false).describe('Whether the app starts in the tray, without its window'),
  'desktop.launchAtLogin': z
    .boolean()
    .default(false)
    .describe('Whether the app starts, in the tray, when you log in to this machine'),
  'desktop.trayWindow': z
    .enum(trayWindows)
    .default('tightest')
    .describe(
      'Which quota window of each account the tray shows: the one with the least left, the shortest or the longest',
    ),
  'notifications.signIn': z.boolean().default(true).describe('Tell me when a login has to be signed in again'),
  'notifications.poolResting': z.boolean().default(true).describe('Tell me when no account can serve a call any more'),
  'notifications.backAgain': z
    .boolean()
    .default(true)
    .describe('Tell me when accounts can serve calls again after that'),
  'notifications.budgetMarks': z
    .boolean()
    .default(true)
    .describe('Tell me when a budget reaches one of its marks or its limit'),
  'secrets.store': z
    .enum(['keychain', 'file'])
    .nullable()
    .default(null)
    .describe('Where secrets are kept; set by relay secrets move, RELAY_SECRETS wins over it'),
  'time.zone': z
    .string()
    .max(64)
    .refine((name) => name === '' || isTimeZone(name), { message: 'it is not the name of a time zone' })
    .default('')
    .describe(
      'The time zone in which budgets and the ceiling for metered keys begin their days and in which sentences tell times, such as Europe/Berlin; empty for this machine’s own',
    ),
  'telemetry.otlpUrl': z
    .string()
    .max(2_048)
    .refine(isSafeAddress, { message: 'it must be https, or http on this machine, without a user name or password' })
    .default('')
    .describe(
      'Where each call is sent as OpenTelemetry spans (OTLP over HTTP, JSON), without prompts and secrets; empty for nowhere. Headers come from OTEL_EXPORTER_OTLP_HEADERS',
    ),
  'accounts.codexHomes': z
    .array(z.string().max(4_096))
    .max(20)
    .default([])
    .describe('Folders of the Codex CLI, besides CODEX_HOME and ~/.codex, in which Relay looks for logins to import'),
  'hosts.allowed': z
    .array(z.string().max(255))
    .max(50)
    .default([])
    .describe('Host names that Relay answers to besides its own loopback names'),
  'ollama.enabled': z
    .boolean()
    .default(false)
    .describe('Whether clients that speak only Ollama’s protocol are served, on this machine alone'),
  'ollama.port': ms(0, 65_535).default(11_434).describe('The port for Ollama clients; 0 takes any that is free'),
  'ollama.keyId': z
    .string()
    .max(100)
    .nullable()
    .default(null)
    .describe('The id of the key whose calls are those of Ollama clients that send none'),
  'models.aliases': z
    .record(z.string().max(200), z.string().max(200))
    .default({})
    .describe('Your own names for models: alias to model, effort and tier suffixes allowed'),
  'models.prices': z
    .record(
      z.string().max(200),
      z.object({
        input: z.number().nonnegative(),
        output: z.number().nonnegative(),
        cachedInput: z.number().nonnegative().nullable().default(null),
        cacheWrite: z.number().nonnegative().nullable().default(null),
      }),
    )
    .default({})
    .describe('Your own prices, in US dollars per million tokens; they replace the catalogue’s rows'),
});
export type Settings = z.infer<typeof settingsSchema>;
export type SettingName = keyof Settings;

/** Neither is changed by its name alone: POST /api/secrets/move carries secrets over, POST /api/relay/pause is written down. */
export const settingsPatchSchema = settingsSchema
  .omit({ 'secrets.store': true, 'process.pause': true })
  .partial()
  .strict();
