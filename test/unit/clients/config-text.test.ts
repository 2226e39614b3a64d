import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConfigText } from '../../../src-main/clients/config-text/config-text.ts';
import { jsoncText } from '../../../src-main/clients/config-text/jsonc-text.ts';
import { tomlText } from '../../../src-main/clients/config-text/toml-text.ts';
import { yamlText } from '../../../src-main/clients/config-text/yaml-text.ts';
import {
  holdsSettings,
  rememberSettings,
  type Setting,
  withdrawSettings,
  writeSettings,
} from '../../../src-main/clients/setting-edit.ts';
import { jsoncConfig, tomlConfig, yamlConfig } from './config-samples.ts';

const formats: Readonly<
  Record<string, { format: ConfigText; text: fc.Arbitrary<string>; settings: Setting[]; own: Setting }>
> = {
  TOML: {
    format: tomlText,
    text: tomlConfig,
    settings: [
      { path: ['model_provider'], value: 'relay' },
      { path: ['model_providers', 'relay', 'base_url'], value: 'http://127.0.0.1:4141/v1' },
      { path: ['model_providers', 'relay', 'experimental_bearer_token'], value: 'sk-relay-1' },
      { path: ['model_providers', 'relay', 'supports_websockets'], value: true },
    ],
    own: { path: ['added by "hand"', 'later'], value: 'x # y' },
  },
  JSONC: {
    format: jsoncText,
    text: jsoncConfig,
    settings: [
      { path: ['provider', 'openai', 'options', 'apiKey'], value: 'sk-relay-1' },
      { path: ['model'], value: 'openai/gpt-5.5', onlyIfMissing: true },
      { path: ['models'], itemKey: 'title', value: { title: 'Relay', apiKey: 'sk-relay-1', roles: ['chat'] } },
    ],
    own: { path: ['added by "hand"'], value: { later: [1, 'x // y'] } },
  },
  YAML: {
    format: yamlText,
    text: yamlConfig,
    settings: [
      { path: ['openai-api-base'], value: 'http://127.0.0.1:4141/v1' },
      { path: ['model'], value: 'openai/gpt-5.5', onlyIfMissing: true },
      { path: ['models'], itemKey: 'name', value: { name: 'Relay', apiKey: 'sk-relay-1', roles: ['chat', 'edit'] } },
    ],
    own: { path: ['added by hand'], value: 'x # y' },
  },
};

const linesOf = (text: string): string[] => text.split(/\r?\n/).filter((line) => line.trim() !== '');

describe.each(Object.entries(formats))('%s of any valid file', (_name, { format, text: texts, settings, own }) => {
  test('says the same as before but for what was written, and keeps every comment', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const after = writeSettings(format, text, settings);
        expect(holdsSettings(format, after, rememberSettings(format, text, settings))).toBe(true);
        expect(commentsOf(after)).toEqual(commentsOf(text));
      }),
      { numRuns: 150 },
    );
  });

  test('is the same after a second time', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = writeSettings(format, text, settings);
        expect(writeSettings(format, once, settings)).toBe(once);
      }),
      { numRuns: 100 },
    );
  });

  test('is what somebody made of it meanwhile once the written settings are taken out, and nothing else is lost', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const written = rememberSettings(format, text, settings);
        const edited = writeSettings(format, writeSettings(format, text, settings), [own]);
        const undone = withdrawSettings(format, edited, text, written);
        expect(undone.kept).toEqual([]);
        expect(format.parse(undone.text)).toEqual(format.parse(writeSettings(format, text, [own])));
        expect(commentsOf(undone.text)).toEqual(commentsOf(text));
      }),
      { numRuns: 150 },
    );
  });

  test('keeps a value that somebody has changed since, and says so', () => {
    const [first] = settings;
    const changed = writeSettings(format, writeSettings(format, '', settings), [{ path: first!.path, value: 'mine' }]);
    const { text, kept } = withdrawSettings(format, changed, '', rememberSettings(format, '', settings));
    expect(kept).toEqual([first!.path.join('.')]);
    expect(text).toContain('mine');
    expect(text).not.toContain('sk-relay-2');
  });

  test('takes nothing that is not valid', () => {
    for (const broken of ['a = = 1\n{', '{ "a": ', 'a: [1\nb: }']) {
      const isValidHere = canParse(format, broken);
      if (!isValidHere) expect(() => writeSettings(format, broken, settings)).toThrow(/not valid|not hold/);
    }
  });
});

function canParse(format: ConfigText, text: string): boolean {
  try {
    format.parse(text);
    return true;
  } catch {
    return false;
  }
}

const commentsOf = (text: string): string[] =>
  linesOf(text).flatMap((line) => /(?:#|\/\/) note \d+/.exec(line)?.[0] ?? []);

describe('a TOML file as people write it', () => {
  const set = (text: string, path: string[], value: unknown) => writeSettings(tomlText, text, [{ path, value }]);
  const relay = ['model_providers', 'relay', 'name'];

  test.each([
    [
      'an inline table',
      'model_providers = { other = { name = "o" } }\n',
      'model_providers = { other = { name = "o" }, relay.name = "Relay" }\n',
    ],
    ['an empty inline table', 'model_providers = {}\n', 'model_providers = { relay.name = "Relay" }\n'],
    [
      'dotted keys of the same table',
      'model_providers.relay.base_url = "b" # c\nx = 1\n',
      'model_providers.relay.base_url = "b" # c\nmodel_providers.relay.name = "Relay"\nx = 1\n',
    ],
    [
      'a table of its own',
      '[model_providers.relay] # mine\n[other]\n',
      '[model_providers.relay] # mine\nname = "Relay"\n[other]\n',
    ],
    [
      'an indented table',
      '[model_providers.relay]\n  base_url = "b"\n',
      '[model_providers.relay]\n  base_url = "b"\n  name = "Relay"\n',
    ],
    ['no such table', 'a = 1', 'a = 1\n\n[model_providers.relay]\nname = "Relay"\n'],
    ['Windows line ends', 'a = 1\r\n', 'a = 1\r\n\r\n[model_providers.relay]\r\nname = "Relay"\r\n'],
    ['a list of tables at its end', '[[a]]\nb = 1\n', '[[a]]\nb = 1\n\n[model_providers.relay]\nname = "Relay"\n'],
  ])('with %s', (_name, text, after) => {
    expect(set(text, relay, 'Relay')).toBe(after);
  });

  test.each([
    ['before all tables', '# mine\n[a]\nb = 1\n', 'model = "m"\n\n# mine\n[a]\nb = 1\n'],
    ['after the last key without a table', 'x = """\n[a]\n"""\n[a]\n', 'x = """\n[a]\n"""\nmodel = "m"\n[a]\n'],
    ['in place of the old one', "model   =  'old' # why\n", 'model   =  "m" # why\n'],
  ])('gets a key %s', (_name, text, after) => {
    expect(set(text, ['model'], 'm')).toBe(after);
  });

  test('is refused where a value stands in the place of a table', () => {
    expect(() => set('model_providers = "none"\n', relay, 'Relay')).toThrow('not a table');
  });
});

describe('a YAML file as people write it', () => {
  const item: Setting = { path: ['models'], itemKey: 'name', value: { name: 'Relay', roles: ['chat'] } };
  test.each([
    [
      'a list that is not indented',
      'models:\n- name: a # mine\nrules:\n- b\n',
      'models:\n- name: a # mine\n- name: Relay\n  roles:\n    - chat\nrules:\n- b\n',
    ],
    ['a list in brackets', 'models: [] # none\n', 'models: [ { name: Relay, roles: [ chat ] } ] # none\n'],
    ['nothing but a comment', '# mine\n', '# mine\nmodels:\n  - name: Relay\n    roles:\n      - chat\n'],
  ])('with %s', (_name, text, after) => {
    expect(writeSettings(yamlText, text, [item])).toBe(after);
  });
});
