import { desktopBridge } from '../../api/desktop-bridge.ts';
import { Panel } from '../../components/panel.tsx';
import { AppActions } from '../settings/app-actions.tsx';

/** What only the app's window can do: its folders and its updates. Nothing in a browser. */
export function AppPanel() {
  const desktop = desktopBridge();
  if (desktop === null) return null;
  return (
    <Panel title="This app">
      <div className="px-4 py-3">
        <AppActions desktop={desktop} />
      </div>
    </Panel>
  );
}
