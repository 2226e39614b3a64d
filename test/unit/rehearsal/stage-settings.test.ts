import { expect, test } from 'vitest';
import { createRehearsal } from '../../../src-main/rehearsal/rehearsal.ts';
import { type Settings, settingsSchema } from '../../../src-shared/contract/settings.ts';
import { systemClock } from '../../../src-shared/domain/clock.ts';

test('a rehearsal takes the person’s settings, but serves nobody else, tells nobody, and is not paused', async () => {
  const own: Settings = {
    ...settingsSchema.parse({}),
    ...{ 'routing.maxAttempts': 7, 'ollama.enabled': true, 'telemetry.otlpUrl': 'https://collector.example/v1/traces' },
    'process.pause': { since: 1, until: null },
  };
  let seen: Partial<Settings> = {};
  const rehearsal = createRehearsal({
    settings: () => own,
    clock: systemClock,
    async openStage(settings) {
      seen = settings;
      throw new Error('There is no stage.');
    },
  });
  rehearsal.start();
  await rehearsal.ended();
  expect(seen).toMatchObject({
    ...{ 'routing.maxAttempts': 7, 'ollama.enabled': false, 'telemetry.otlpUrl': '', 'process.pause': null },
  });
});
