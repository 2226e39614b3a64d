import { RelayError } from '../../src-shared/domain/relay-error.ts';

export interface PassphraseSource {
  readonly RELAY_PASSPHRASE?: string | undefined;
  readonly RELAY_PASSPHRASE_FILE?: string | undefined;
}

/** The passphrase as given, or the first line of the file that holds it; `null` where neither is set. */
export async function readPassphrase(
  source: PassphraseSource,
  readFile: (path: string) => Promise<string>,
): Promise<string | null> {
  if (source.RELAY_PASSPHRASE) return source.RELAY_PASSPHRASE;
  if (!source.RELAY_PASSPHRASE_FILE) return null;
  try {
    return (await readFile(source.RELAY_PASSPHRASE_FILE)).split(/\r?\n/, 1)[0] ?? null;
  } catch (cause) {
    throw new RelayError('secrets_locked', {
      message: 'The file named by RELAY_PASSPHRASE_FILE cannot be read. Check its path and permissions.',
      cause,
    });
  }
}
