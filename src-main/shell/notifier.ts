import { Notification } from 'electron';

export interface Said {
  readonly title: string;
  readonly body: string;
}

/** Shows notifications of the system; where there are none, nothing is shown and nothing fails. */
export function createNotifier() {
  // One that nobody holds is collected, and its click with it.
  const shown = new Set<Notification>();
  return (said: Said, clicked: () => void = () => undefined): void => {
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title: said.title, body: said.body });
    shown.add(notification);
    notification.on('click', clicked);
    notification.on('close', () => void shown.delete(notification));
    notification.show();
  };
}
