/** Where tokens and API keys are kept. Names are Relay's own ids and hold nothing secret. */
export interface SecretStore {
  readonly kind: 'keychain' | 'file' | 'memory';
  /** One phrase for a person: which place this is, and whether it can be used. */
  describe(): string;
  /** `null` where there is no such secret; some locked keyrings answer so as well, so it never proves a loss. */
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  delete(name: string): Promise<void>;
}
