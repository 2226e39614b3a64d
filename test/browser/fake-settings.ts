import type { KeptBodies } from '../../src-shared/contract/call-bodies.ts';
import type { ImportPlan } from '../../src-shared/contract/portable.ts';
import type { SecretsMoved, SecretsView } from '../../src-shared/contract/secrets.ts';
import { type Settings, settingsPatchSchema, settingsSchema } from '../../src-shared/contract/settings.ts';

export interface SettingsState {
  settings: Settings;
  secrets: SecretsView;
  moved: SecretsMoved;
  bodies: KeptBodies;
  importPlan: ImportPlan;
}

export const createSettingsState = (): SettingsState => ({
  settings: settingsSchema.parse({}),
  secrets: { kind: 'keychain', place: 'the keychain of this machine' },
  moved: { kind: 'file', place: 'an encrypted file', moved: 3, left: 0, next: null },
  bodies: { calls: 0, bytes: 0, oldestAt: null, dropped: 0 },
  importPlan: {
    done: false,
    settings: ['retention.days'],
    accounts: { changed: [], missing: ['office'] },
    keys: { added: ['laptop'], changed: [] },
    budgets: { added: 1, changed: 0 },
  },
});

interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly tag: string | null;
}

const refuse = (status: number, message: string): Response =>
  Response.json({ error: { message, type: 'invalid_request_error', param: null, code: null } }, { status });

/** What Relay answers about what is set up; `null` for other paths. */
export function answerSettings(state: SettingsState, { method, path, query, body, tag }: Request): Response | null {
  const tagged = () => {
    const etag = `"${JSON.stringify(state.settings).length}-${JSON.stringify(state.settings['retention.days'])}"`;
    return { etag, answer: () => Response.json(state.settings, { headers: { etag } }) };
  };
  switch (`${method} ${path}`) {
    case 'GET /api/settings':
      return tagged().answer();
    case 'PATCH /api/settings': {
      if (tag !== null && tag !== tagged().etag) return refuse(412, 'It was changed by someone else meanwhile.');
      const given = settingsPatchSchema.safeParse(body);
      if (!given.success) return refuse(400, `The field cannot be used: ${given.error.issues[0]?.message}.`);
      state.settings = { ...state.settings, ...(body as Partial<Settings>) };
      return tagged().answer();
    }
    case 'GET /api/secrets':
      return Response.json(state.secrets);
    case 'POST /api/secrets/move':
      state.secrets = { kind: state.moved.kind, place: state.moved.place };
      return Response.json(state.moved);
    case 'GET /api/bodies':
      return Response.json(state.bodies);
    case 'DELETE /api/bodies': {
      const erased = state.bodies.calls;
      state.bodies = { ...state.bodies, calls: 0, bytes: 0, oldestAt: null };
      return Response.json({ erased });
    }
    case 'POST /api/import':
      return Response.json({ ...state.importPlan, done: query.get('dryRun') !== '1' });
    default:
      return null;
  }
}
