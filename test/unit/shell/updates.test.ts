import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { createUpdates, type Updater } from '../../../src-main/shell/updates.ts';

class FakeUpdater extends EventEmitter implements Updater {
  autoDownload = false;
  autoInstallOnAppQuit = true;
  readonly done: string[];
  answer: () => void = () => undefined;
  constructor(done: string[]) {
    super();
    this.done = done;
  }
  checkForUpdates = async (): Promise<void> => this.answer();
  quitAndInstall = (isSilent?: boolean, isForceRunAfter?: boolean): void =>
    void this.done.push(`install silent=${isSilent} restart=${isForceRunAfter}`);
}

function scene(withFeed = true) {
  const done: string[] = [];
  const updater = new FakeUpdater(done);
  let drained: () => void = () => undefined;
  const updates = createUpdates({
    load: withFeed ? async () => updater : null,
    drain() {
      done.push('drain');
      return new Promise((resolve) => {
        drained = () => resolve();
      });
    },
    changed: () => undefined,
    log: { warn: (_fields, sentence) => void done.push(sentence) },
  });
  return { updates, updater, done, drained: () => drained() };
}

test('without a feed nothing is ever asked for', async () => {
  const { updates, done } = scene(false);
  const off = { state: 'off', version: null, sentence: 'This build of Relay does not update itself.' };
  expect([await updates.check(), updates.view()]).toEqual([off, off]);
  await updates.install();
  expect(done).toEqual([]);
});

test('an update is loaded by itself, and installed only when a person wants it and the calls have ended (P-12)', async () => {
  const { updates, updater, done, drained } = scene();
  updater.answer = () => updater.emit('update-available', { version: '2.0.0' });
  expect(await updates.check()).toEqual({ state: 'downloading', version: '2.0.0', sentence: 'Relay 2.0.0 is coming.' });
  expect([updater.autoDownload, updater.autoInstallOnAppQuit]).toEqual([true, false]);
  await updates.install();
  expect(done).toEqual([]);
  updater.emit('update-downloaded', { version: '2.0.0' });
  expect(updates.view()).toEqual({ state: 'ready', version: '2.0.0', sentence: 'Relay 2.0.0 is ready.' });
  const installing = updates.install();
  await expect.poll(() => done).toEqual(['drain']);
  drained();
  await installing;
  expect(done).toEqual(['drain', 'install silent=false restart=true']);
});

test('what goes wrong is said, and may be tried again', async () => {
  const { updates, updater, done } = scene();
  updater.answer = () => {
    throw new Error('no network');
  };
  expect(await updates.check()).toMatchObject({
    state: 'failed',
    sentence: 'Updates could not be looked for. Try again later.',
  });
  updater.answer = () => updater.emit('update-not-available');
  expect(await updates.check()).toEqual({ state: 'idle', version: null, sentence: 'This is the newest version.' });
  expect(done).toEqual(['Updates could not be looked for']);
});
