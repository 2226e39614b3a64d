import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { DesktopBridge, DesktopCallName, DesktopInput } from '../../src-shared/contract/desktop.ts';
import { desktopChannel } from '../../src-shared/domain/desktop-channel.ts';

const ask =
  <Name extends DesktopCallName>(name: Name) =>
  (input: DesktopInput<Name>) =>
    ipcRenderer.invoke(desktopChannel(name), input);

/** All that the window can do beyond a browser. The raw `ipcRenderer` never reaches the page. */
const bridge: DesktopBridge = {
  facts: ask('facts'),
  copy: ask('copy'),
  theme: ask('theme'),
  show: ask('show'),
  update: ask('update'),
  pathOf: (file) => (file instanceof File ? webUtils.getPathForFile(file) : ''),
};

contextBridge.exposeInMainWorld('relayDesktop', bridge);
