import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'chrome.exe',
  'msedge.exe',
];
const installed = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** A Chromium of this machine for the browser tests: CHROMIUM_PATH, the search path, the usual places; `null` where there is none. */
export function findChromium(variables: NodeJS.ProcessEnv = process.env): string | null {
  const given = variables['CHROMIUM_PATH'];
  const folders = (variables['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [
    ...(given === undefined || given === '' ? [] : [given]),
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    ...installed,
  ];
  return candidates.find((path) => existsSync(path)) ?? null;
}
