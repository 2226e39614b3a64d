import type { AccountView } from '../../src-shared/contract/account.ts';
import type { AccountModels, AccountTest } from '../../src-shared/contract/account-models.ts';
import type { Actor, AuditWhat } from '../../src-shared/contract/audit.ts';
import type { AccountControlPort, AccountsPort } from './ports.ts';

type RegistryControl = Omit<AccountControlPort, 'refreshModels' | 'test'>;

export interface DeskPorts {
  readonly accounts: Omit<AccountsPort, 'as' | 'audit' | 'refreshUsage'> & {
    as(by: Actor): RegistryControl;
    readonly audit: AccountsPort['audit'] & { record(entry: Note): Promise<void> };
    get(id: string): { readonly id: string; readonly label: string } | null;
  };
  /** Reads an account's model list now; rejects where it cannot be read, which is written down. */
  readonly readModels: (id: string) => Promise<void>;
  /** Reads a login's usage now, at most once in 30 s. */
  readonly readUsage: (id: string) => Promise<AccountView>;
  readonly test: (id: string) => Promise<AccountTest>;
  /** Ends what keeps calls from an account's paths although it does not rest: its breakers. */
  readonly retry: (id: string) => void;
}

interface Note {
  readonly actor: Actor;
  readonly what: AuditWhat;
  readonly account: { readonly id: string; readonly label: string } | null;
  readonly detail: string;
}

/** Where people come with their accounts: the registry, and what takes a call to an upstream. */
export function createAccountDesk({ accounts, readModels, readUsage, test, retry }: DeskPorts): AccountsPort {
  const as = (by: Actor): AccountControlPort => {
    const record = (id: string, what: AuditWhat, detail: string): Promise<void> =>
      accounts.audit.record({ actor: by, what, account: accounts.get(id), detail });
    const control = accounts.as(by);
    /** An account is of use once its models are known; where they cannot be read it is there all the same. */
    const withModels = async (added: AccountView): Promise<AccountView> => {
      await readModels(added.id).catch(() => undefined);
      if (added.kind === 'chatgpt') void readUsage(added.id).catch(() => undefined);
      return (await accounts.views()).find(({ id }) => id === added.id) ?? added;
    };
    return {
      ...control,
      async addApiKey(input) {
        const added = await control.addApiKey(input);
        // The check of a key has read them.
        return added.models.length > 0 ? added : withModels(added);
      },
      importAuthJson: async (input) => withModels(await control.importAuthJson(input)),
      async wake(id) {
        await control.wake(id);
        retry(id);
        return (await accounts.views()).find((view) => view.id === id)!;
      },
      async refreshModels(id): Promise<AccountModels> {
        await accounts.models(id);
        await readModels(id);
        const list = await accounts.models(id);
        await record(id, 'models-read', `Its model list was read: ${list.models.length} models.`);
        return list;
      },
      async test(id): Promise<AccountTest> {
        const result = await test(id);
        const { ok, model, error } = result;
        await record(
          id,
          'tested',
          ok ? `It answered with ${model}.` : `It did not answer with ${model}: ${error?.message ?? ''}`,
        );
        return result;
      },
    };
  };
  return { ...accounts, refreshUsage: readUsage, as };
}
