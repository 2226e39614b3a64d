/** Runs just before the page hears of the next click: whatever the page does by itself until then comes before it. */
export function atNextClick(run: () => void): void {
  document.addEventListener('click', run, { capture: true, once: true });
}
