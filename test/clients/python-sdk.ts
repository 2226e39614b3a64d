import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { RunningRelay } from '../support/running-relay.ts';

const ownPython = fileURLToPath(new URL('../../.cache/python/bin/python', import.meta.url));
const script = fileURLToPath(new URL('openai-python.py', import.meta.url));
export const pythonProgram = process.env['RELAY_TEST_PYTHON'] ?? ownPython;

export const pythonMissing = !existsSync(pythonProgram);
if (pythonMissing) {
  console.log(
    'Left out: the OpenAI Python SDK, because there is no Python with it. Enable it with:\n' +
      '  python3 -m venv .cache/python && .cache/python/bin/pip install openai\n' +
      'or name an interpreter in RELAY_TEST_PYTHON.',
  );
}

const saidSchema = z.object({
  version: z.string().optional(),
  result: z.unknown().optional(),
  error: z.string().optional(),
});

export interface PythonSdk {
  readonly version: string | undefined;
  /** Runs one scenario of the script beside this file, on these details. Rejects with what it raised. */
  run(scenario: string, details?: object): Promise<unknown>;
  end(): void;
}

/** A Python process with the SDK loaded, for as many scenarios as there are. */
export async function startPython(env: Readonly<Record<string, string>>): Promise<PythonSdk> {
  const child = spawn(pythonProgram, [script], { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => {
    const { value, done } = await said.next();
    if (done === true) throw new Error('Python has ended.');
    return saidSchema.parse(JSON.parse(value));
  };
  const { version } = await nextLine();
  return {
    version,
    async run(scenario, details) {
      child.stdin.write(`${scenario} ${details === undefined ? '' : JSON.stringify(details)}\n`);
      const { result, error } = await nextLine();
      if (error !== undefined) throw new Error(`${scenario} raised ${error}`);
      return result;
    },
    end: () => child.stdin.end(),
  };
}

/** The SDK in front of this Relay; `null` where it is missing. */
export const pythonAt = (
  { url, key }: Pick<RunningRelay, 'url' | 'key'>,
  more: Readonly<Record<string, string>> = {},
): Promise<PythonSdk> | null =>
  pythonMissing ? null : startPython({ RELAY_BASE: `${url}/v1`, RELAY_KEY: key, NARROW_KEY: '', ...more });
