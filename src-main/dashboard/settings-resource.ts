import { Router } from 'express';
import { settingsPatchSchema } from '../../src-shared/contract/settings.ts';
import { allowMethods } from './allow-methods.ts';
import { createEntityTags } from './entity-tag.ts';
import { readJsonBody } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { SettingsChange, SettingsPort } from './ports.ts';

const tags = createEntityTags<object>((settings) => settings);

export function settingsResource(settings: SettingsPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      tags.answer(response, await settings.all());
    })
    .patch(...readJsonBody(64 * 1024), async (request, response) => {
      const given = parseInput(settingsPatchSchema, request.body);
      tags.check(request, await settings.all());
      tags.answer(response, await settings.patch(onlyNamed(given, request.body)));
    })
    .all(allowMethods('GET', 'PATCH'));
  return router;
}

/** The schema fills in the defaults of names that were not given; those must not overwrite what is set. */
function onlyNamed(parsed: object, body: object): SettingsChange {
  return Object.fromEntries(Object.entries(parsed).filter(([name]) => Object.hasOwn(body, name)));
}
