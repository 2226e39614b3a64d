import type { TrayMood } from '../../src-main/shell/tray-state.ts';

const colors: Readonly<Record<TrayMood, string>> = {
  ok: '#f2b84b',
  resting: '#8b9bb0',
  attention: '#e5484d',
  paused: '#8b9bb0',
};

/**
 * The icon of the tray as SVG, on 22 units: one line that becomes three, and a mark for each state that is told apart
 * without colours too. With `template` it is black on nothing, as macOS wants it.
 */
export function trayGlyph(mood: TrayMood, template: boolean): string {
  const line = template ? '#000' : '#8b9bb0';
  const main = template ? '#000' : colors[mood];
  const parts = [
    `<g fill="none" stroke="${line}" stroke-width="1.8" stroke-linecap="round">`,
    `<path d="M9 11 C 12.5 11 12.5 5 16 5"/><path d="M9 11 C 12.5 11 12.5 17 16 17"/>`,
    `<path d="M4.5 11 H 16" stroke="${main}"/></g>`,
    `<circle cx="4.5" cy="11" r="2.5" fill="${main}"/>`,
    ...[5, 11, 17].map((y) => `<circle cx="17.5" cy="${y}" r="2" fill="${y === 11 ? main : line}"/>`),
    marks(template ? '#000' : colors[mood])[mood],
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 22">${parts.join('')}</svg>`;
}

/** In the free corner below: nothing, a dash, a point of exclamation, two bars. */
const marks = (color: string): Readonly<Record<TrayMood, string>> => ({
  ok: '',
  resting: `<rect x="1.5" y="17.5" width="7" height="2" rx="1" fill="${color}"/>`,
  attention: `<rect x="4.2" y="14.6" width="2.2" height="3.8" rx="1.1" fill="${color}"/><circle cx="5.3" cy="20.2" r="1.2" fill="${color}"/>`,
  paused: `<rect x="2.6" y="15.6" width="2" height="5" rx="0.8" fill="${color}"/><rect x="6" y="15.6" width="2" height="5" rx="0.8" fill="${color}"/>`,
});
