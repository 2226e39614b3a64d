import { expect, test } from 'vitest';
import { codexHomes } from '../../../src-main/config/codex-homes.ts';

test('homes of the Codex CLI are CODEX_HOME, ~/.codex and what the person named, each once and absolute', () => {
  expect([
    codexHomes([], {}, '/home/ada'),
    codexHomes([], { CODEX_HOME: '  ' }, '/home/ada'),
    codexHomes(
      ['~/work/codex', 'other', '/srv/codex/', '~', '/home/ada/.codex'],
      { CODEX_HOME: '/srv/codex' },
      '/home/ada',
    ),
  ]).toEqual([
    ['/home/ada/.codex'],
    ['/home/ada/.codex'],
    ['/srv/codex', '/home/ada/.codex', '/home/ada/work/codex', '/home/ada/other', '/home/ada'],
  ]);
});
