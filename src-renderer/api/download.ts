/** Saves what Relay answers under `path`, with the name that the answer gives it. */
export function download(path: string): void {
  const link = document.createElement('a');
  link.href = path;
  link.download = '';
  link.click();
}
