import { randomBytes } from 'node:crypto';
import { createAccounts } from '../../src-main/accounts/accounts.ts';
import { createIssuer } from '../../src-main/accounts/issuer.ts';
import { openLedger } from '../../src-main/ledger/ledger.ts';
import { openFileStore } from '../../src-main/secrets/file-store.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { systemTimers } from '../../src-shared/domain/timers.ts';
import { trustingChecks } from '../support/trusting-checks.ts';

// Asks for the credential of a login that has ended, which renews it; the test kills it somewhere in between. Where a person
// would have to sign in, it takes the new login that it was given and asks again.
const [dataDir, issuerUrl, newLogin] = process.argv.slice(2);
if (dataDir === undefined || issuerUrl === undefined || newLogin === undefined)
  throw new Error('DATADIR ISSUER LOGIN are needed');

const clock = systemClock;
const timers = systemTimers;
const cost = { N: 1_024, r: 8, p: 1 };
const ledger = await openLedger({ dataDir, clock });
const issuer = createIssuer({ url: issuerUrl, version: '1.2.3', clock, timers });
const accounts = await createAccounts({
  database: ledger.database,
  secrets: await openFileStore({ dataDir, passphrase: 'a passphrase of the tests', randomBytes, cost }),
  clock,
  timers,
  random: Math.random,
  issuer,
  randomBytes,
  checks: trustingChecks,
  readFile: () => Promise.reject(new Error('there are no files')),
});
const signIn = () => accounts.importAuthJson({ content: newLogin, acceptShared: true });
const { id } = accounts.list()[0] ?? (await signIn());
const ask = (): Promise<string> =>
  accounts.credential(id).then(
    ({ authorization }) => authorization,
    async (error: Error) => {
      process.stdout.write(`refused ${error.message}\n`);
      await signIn();
      return ask();
    },
  );
process.stdout.write(`served ${await ask()}\n`);
await accounts.keepAlive.stop();
accounts.close();
await issuer.close();
await ledger.close();
