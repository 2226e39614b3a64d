import { type SettingName, settingsSchema } from '../../../src-shared/contract/settings.ts';

/** How a setting is shown and changed. Figures are what the contract has: milliseconds, bytes, micro-dollars. */
export type SettingControl =
  | { readonly kind: 'switch'; readonly on?: string; readonly off?: string }
  | { readonly kind: 'choice'; readonly names: Readonly<Record<string, string>> }
  | { readonly kind: 'duration' | 'bytes' | 'money' | 'text' | 'list' | 'aliases' | 'prices' | 'port' | 'key' }
  | { readonly kind: 'count'; readonly unit: string }
  | { readonly kind: 'page'; readonly path: string; readonly page: string };

export interface SettingEntry {
  readonly name: SettingName;
  readonly title: string;
  readonly control: SettingControl;
  /** Read once, when Relay starts. */
  readonly restart?: true;
  /** Found by these too. */
  readonly words?: string;
}

export interface SettingSection {
  readonly id: string;
  readonly title: string;
  readonly entries: readonly SettingEntry[];
}

const duration = { kind: 'duration' } as const;
const bytes = { kind: 'bytes' } as const;
const onOff = { kind: 'switch' } as const;
const wordOnOff = (on: string, off = 'off') => ({ kind: 'switch', on, off }) as const;
const count = (unit: string) => ({ kind: 'count', unit }) as const;
const routing = { kind: 'page', path: '/routing', page: 'Routing' } as const;

/** Every setting in plain words, by what a person wants to do. What each one does is said by the contract. */
export const settingSections: readonly SettingSection[] = [
  {
    id: 'general',
    title: 'General',
    entries: [
      { name: 'hosts.allowed', title: 'Other host names', control: { kind: 'list' }, words: 'address bind port lan' },
      { name: 'time.zone', title: 'Time zone', control: { kind: 'text' }, words: 'day budget' },
      {
        ...{ name: 'accounts.codexHomes', title: 'Folders of the Codex CLI', control: { kind: 'list' } },
        words: 'import login auth.json',
      },
    ],
  },
  {
    id: 'app',
    title: 'Desktop app',
    entries: [
      { name: 'desktop.launchAtLogin', title: 'Start when you log in', control: onOff, words: 'launch autostart boot' },
      { name: 'desktop.startHidden', title: 'Start in the tray', control: onOff, words: 'hidden window' },
      { name: 'desktop.closeToTray', title: 'Keep running when the window closes', control: onOff, words: 'tray quit' },
      {
        name: 'desktop.trayWindow',
        title: 'Window shown in the tray',
        control: {
          kind: 'choice',
          names: { tightest: 'The one with the least left', shortest: 'The shortest', longest: 'The longest' },
        },
      },
    ],
  },
  {
    id: 'notifications',
    title: 'Notifications',
    entries: [
      { name: 'notifications.signIn', title: 'A login has to be signed in again', control: onOff, words: 'tell' },
      { name: 'notifications.poolResting', title: 'No account can serve a call', control: onOff, words: 'tell' },
      { name: 'notifications.backAgain', title: 'Accounts can serve again', control: onOff, words: 'tell' },
      { name: 'notifications.budgetMarks', title: 'A budget reaches a mark', control: onOff, words: 'tell limit' },
    ],
  },
  {
    id: 'log',
    title: 'Call log',
    entries: [
      { name: 'retention.days', title: 'Keep calls for', control: count('days'), words: 'retention age delete' },
      { name: 'retention.bytes', title: 'Size of the call log', control: bytes, words: 'retention room disk' },
      { name: 'retention.decisionDays', title: 'Keep decisions for', control: count('days'), words: 'retention why' },
    ],
  },
  {
    id: 'bodies',
    title: 'Prompts and answers',
    entries: [
      { name: 'capture.keepMs', title: 'Keep captured bodies for', control: duration, words: 'capture prompts' },
      { name: 'capture.bytes', title: 'Room for all captured bodies', control: bytes, words: 'capture prompts' },
      { name: 'capture.bodyBytes', title: 'Kept of each body', control: bytes, words: 'capture prompts size' },
      { name: 'capture.redact', title: 'Never kept', control: { kind: 'list' }, words: 'capture redact secret' },
      {
        ...{ name: 'responses.keep', title: 'Keep answers to requests with store', control: wordOnOff('on') },
        words: 'previous_response_id conversation',
      },
      { name: 'responses.keepMs', title: 'Keep those conversations for', control: duration, words: 'responses store' },
      { name: 'responses.keepBytes', title: 'Room for kept answers', control: bytes, words: 'responses store' },
    ],
  },
  {
    id: 'routing',
    title: 'Choosing an account',
    entries: [
      { name: 'routing.strategy', title: 'Strategy', control: routing, words: 'balance choose' },
      { name: 'routing.weights', title: 'Weights of the score', control: routing, words: 'strategy' },
      {
        name: 'routing.maxAttempts',
        title: 'Attempts of one call',
        control: count('attempts'),
        words: 'retry failover',
      },
      { name: 'routing.totalMs', title: 'Time for all attempts', control: duration, words: 'retry timeout failover' },
      { name: 'routing.splice', title: 'Continue a cut answer', control: wordOnOff('text'), words: 'splice' },
      { name: 'routing.holdMs', title: 'Wait for an account to come back', control: duration, words: 'hold queue' },
      {
        name: 'overflow.dailyMicroUsd',
        title: 'Metered keys, at most a day',
        control: { kind: 'money' },
        words: 'cost',
      },
      { name: 'affinity.keepMs', title: 'Tie conversations for', control: duration, words: 'affinity cache' },
      { name: 'cooldown.minMs', title: 'Shortest rest', control: duration, words: 'cooldown limit 429' },
      { name: 'breaker.openMs', title: 'Leave a failing path alone for', control: duration, words: 'breaker circuit' },
    ],
  },
  {
    id: 'clients',
    title: 'Ollama clients',
    entries: [
      { name: 'ollama.enabled', title: 'Serve Ollama clients', control: onOff, words: 'bridge raycast' },
      { name: 'ollama.port', title: 'Port for Ollama clients', control: { kind: 'port' }, words: '11434' },
      { name: 'ollama.keyId', title: 'Key of Ollama clients', control: { kind: 'key' }, words: 'bridge' },
    ],
  },
  {
    id: 'models',
    title: 'Models and prices',
    entries: [
      { name: 'models.aliases', title: 'Your own names', control: { kind: 'aliases' }, words: 'alias model rename' },
      { name: 'models.prices', title: 'Your own prices', control: { kind: 'prices' }, words: 'cost model dollar' },
    ],
  },
  {
    id: 'timeouts',
    title: 'Timeouts',
    entries: [
      { name: 'timeouts.connectMs', title: 'Connecting to an upstream', control: duration },
      { name: 'timeouts.firstOutputMs', title: 'First output of an upstream', control: duration },
      { name: 'timeouts.silenceMs', title: 'Silence of an upstream', control: duration, words: 'stall idle' },
      { name: 'timeouts.clientHeadersMs', title: 'Headers of a client', control: duration, restart: true },
      { name: 'timeouts.clientBodyMs', title: 'Body of a client', control: duration, restart: true },
      { name: 'timeouts.clientDrainMs', title: 'A client that does not read', control: duration },
      { name: 'timeouts.keepAliveMs', title: 'Keep-alive of a waiting stream', control: duration, words: 'ping' },
      { name: 'process.drainMs', title: 'Running streams at shutdown', control: duration, words: 'stop quit' },
    ],
  },
  {
    id: 'limits',
    title: 'Limits',
    entries: [
      { name: 'limits.concurrentCalls', title: 'Calls at once', control: count('calls'), words: 'concurrency' },
      { name: 'limits.queueMs', title: 'Wait for a turn', control: duration, words: 'queue' },
      { name: 'limits.bodyBytes', title: 'Largest request body', control: bytes },
      { name: 'limits.headerBytes', title: 'Largest request headers', control: bytes, restart: true },
      { name: 'limits.jsonDepth', title: 'Deepest nesting of a body', control: count('levels') },
      { name: 'limits.eventBytes', title: 'Largest event of a stream', control: bytes },
    ],
  },
  {
    id: 'telemetry',
    title: 'Telemetry',
    entries: [
      {
        name: 'telemetry.otlpUrl',
        title: 'Send calls as spans to',
        control: { kind: 'text' },
        words: 'opentelemetry otlp',
      },
    ],
  },
];

/** What the setting does, as the contract says it. */
export const meaningOf = (name: SettingName): string => settingsSchema.shape[name].description ?? '';

export const defaultSettings = settingsSchema.parse({});
