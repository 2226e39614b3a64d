import { z } from 'zod';

/** How far an update of the app is; `off` where this build has no place to get one from. */
export const updateSchema = z.object({
  state: z.enum(['off', 'idle', 'checking', 'downloading', 'ready', 'failed']),
  /** The version that is on its way or ready. */
  version: z.string().nullable(),
  /** One sentence for a person. */
  sentence: z.string(),
});
export type UpdateView = z.infer<typeof updateSchema>;

export const desktopFactsSchema = z.object({
  platform: z.enum(['linux', 'mac', 'windows']),
  update: updateSchema,
});
export type DesktopFacts = z.infer<typeof desktopFactsSchema>;

const nothing = z.strictObject({});

/** What the app's window can ask of the app and no browser can do: what is sent along, and what comes back. */
export const desktopCalls = {
  facts: { input: nothing, output: desktopFactsSchema },
  /** Puts text on the clipboard: the window itself has no permission at all. */
  copy: { input: z.strictObject({ text: z.string().min(1).max(65_536) }), output: nothing },
  /** The theme that the person chose for the dashboard: menus and the window's own colour follow it. */
  theme: { input: z.strictObject({ theme: z.enum(['system', 'light', 'dark']) }), output: nothing },
  /** Shows one of Relay's own folders in the system's file browser. */
  show: { input: z.strictObject({ folder: z.enum(['data', 'logs']) }), output: nothing },
  update: { input: z.strictObject({ do: z.enum(['check', 'install']) }), output: updateSchema },
} as const;
export type DesktopCallName = keyof typeof desktopCalls;
export type DesktopInput<Name extends DesktopCallName> = z.input<(typeof desktopCalls)[Name]['input']>;
export type DesktopOutput<Name extends DesktopCallName> = z.output<(typeof desktopCalls)[Name]['output']>;

export type DesktopBridge = {
  readonly [Name in DesktopCallName]: (input: DesktopInput<Name>) => Promise<DesktopOutput<Name>>;
} & {
  /** The path of a file that the person has dropped or chosen, so that a login can stay linked to it; '' where it has none. */
  readonly pathOf: (file: object) => string;
};
