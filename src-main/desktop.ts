import { app, dialog } from 'electron';
import { keepServing } from './cli/keep-serving.ts';
import { runDesktop } from './shell/run-desktop.ts';

// Not awaited here: Electron is not ready before this file has been read to its end.
runDesktop({
  variables: process.env,
  argv: process.argv,
  platform: process.platform,
  resourcesPath: process.resourcesPath,
  keepServing,
  loadUpdater: async () => (await import('electron-updater')).default.autoUpdater,
}).catch(async (error: unknown) => {
  await app.whenReady();
  dialog.showErrorBox('Relay could not start', error instanceof Error ? error.message : String(error));
  app.exit(1);
});
