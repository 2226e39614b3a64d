import type {
  Incident,
  PublicStatus,
  Subsystem,
  SubsystemState,
  Uptime,
} from '../../src-shared/contract/public-status.ts';
import { formatDuration } from '../../src-shared/format/duration.ts';
import { htmlText } from '../../src-shared/format/html-text.ts';
import { formatPercent } from '../../src-shared/format/percent.ts';
import { formatRelativeTime } from '../../src-shared/format/relative-time.ts';

/** The public status page. It needs no script, and every text in it is escaped. */
export function statusHtml(status: PublicStatus): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="30">
<meta name="color-scheme" content="light dark">
<title>Relay: ${words[status.state]}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/status.css">
</head>
<body>
<main>
<header class="${status.state}">
<h1>${mark(status.state)}Relay ${words[status.state]}</h1>
<p>${htmlText(status.sentence)}</p>
<p class="faint">Version ${htmlText(status.version)}, running for ${formatDuration(status.at - status.startedAt)}. Measured every 30 s on this machine; when Relay was off, nothing was measured, and that shows as a gap.</p>
</header>
<section aria-label="Parts">
${status.subsystems.map((subsystem) => subsystemHtml(subsystem, status.at)).join('\n')}
</section>
<section aria-label="Incidents">
<h2>Incidents</h2>
${status.incidents.length === 0 ? '<p class="faint">None was measured in the last 31 days.</p>' : `<ol>${status.incidents.map((incident) => incidentHtml(incident, status.at)).join('\n')}</ol>`}
</section>
<footer class="faint">${time(status.at)} · <a href="/status.json">the same as JSON</a></footer>
</main>
</body>
</html>
`;
}

const words: Readonly<Record<SubsystemState, string>> = {
  ok: 'works',
  degraded: 'is degraded',
  down: 'is down',
  unknown: 'is not measured yet',
};

const mark = (state: SubsystemState): string => `<span class="mark ${state}" aria-hidden="true"></span>`;

function subsystemHtml({ name, state, sentence, since, uptime, history }: Subsystem, now: number): string {
  const held = since === null ? '' : ` for ${formatDuration(Math.max(0, now - since))}`;
  const bars = history.map((bar) => `<span class="${bar ?? 'gap'}"></span>`).join('');
  return `<article>
<h3>${mark(state)}${htmlText(name)}<span class="state">${state}${held}</span></h3>
<p>${htmlText(sentence)}</p>
<div class="bars" role="img" aria-label="The last 30 days in steps of 8 hours">${bars}</div>
<p class="faint">${uptime.map(uptimeText).join(' · ')}</p>
</article>`;
}

function uptimeText({ windowMs, share, measuredMs }: Uptime): string {
  const window = windowMs === 86_400_000 ? '24 h' : `${windowMs / 86_400_000} days`;
  if (share === null) return `${window}: not measured`;
  return `${window}: ${formatPercent(share)} up of ${formatDuration(measuredMs)} measured`;
}

function incidentHtml({ name, state, sentence, beganAt, endedAt }: Incident, now: number): string {
  const span = endedAt === null ? 'goes on' : `for ${formatDuration(endedAt - beganAt)}`;
  return `<li>${mark(state)}<strong>${htmlText(name)}</strong> ${htmlText(sentence)} <span class="faint">${time(beganAt)}, ${formatRelativeTime(beganAt, now)}, ${span}</span></li>`;
}

const time = (at: number): string => {
  const iso = new Date(at).toISOString();
  return `<time datetime="${iso}">${iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time>`;
};

/** The colours of src-renderer/styles/tokens.css, as far as this page needs them. */
export const statusCss = `:root {
  color-scheme: light dark;
  --canvas: light-dark(oklch(0.977 0.003 260), oklch(0.165 0.008 265));
  --surface: light-dark(oklch(1 0 0), oklch(0.198 0.009 265));
  --line: light-dark(oklch(0.915 0.005 260), oklch(0.272 0.01 265));
  --ink: light-dark(oklch(0.225 0.015 265), oklch(0.945 0.004 265));
  --faint: light-dark(oklch(0.455 0.014 265), oklch(0.73 0.012 265));
  --ok: light-dark(oklch(0.62 0.14 155), oklch(0.65 0.13 155));
  --degraded: light-dark(oklch(0.73 0.15 72), oklch(0.74 0.135 76));
  --down: light-dark(oklch(0.59 0.195 27), oklch(0.62 0.185 25));
  --unknown: light-dark(oklch(0.835 0.008 260), oklch(0.375 0.012 265));
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--canvas);
  color: var(--ink);
  font: 13px/1.55 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 44rem; margin: 0 auto; padding: 2.5rem 1rem; }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 0.5rem; }
h2 { font-size: 1rem; margin: 2rem 0 0.5rem; }
h3 { display: flex; align-items: center; font-size: 0.875rem; margin: 0; }
p { margin: 0.25rem 0; }
header { margin-bottom: 1.5rem; }
article { background: var(--surface); border: 1px solid var(--line); padding: 0.875rem 1rem; }
article + article { border-top: 0; }
article:first-child { border-radius: 8px 8px 0 0; }
article:last-child { border-radius: 0 0 8px 8px; }
.state { margin-left: auto; font-weight: 400; color: var(--faint); }
.faint { color: var(--faint); font-size: 0.75rem; }
.mark { flex: none; display: inline-block; width: 0.625rem; height: 0.625rem; border-radius: 50%; margin-right: 0.5rem; }
.bars { display: flex; gap: 1px; height: 1.25rem; margin: 0.5rem 0; }
.bars span { flex: 1; border-radius: 1px; }
.mark.ok, .bars .ok { background: var(--ok); }
.mark.degraded, .bars .degraded { background: var(--degraded); }
.mark.down, .bars .down { background: var(--down); }
.mark.unknown, .bars .unknown { background: var(--unknown); }
.bars .gap { background: none; border-bottom: 1px solid var(--line); border-radius: 0; }
ol { list-style: none; margin: 0; padding: 0; }
li { padding: 0.5rem 0; border-top: 1px solid var(--line); }
footer { margin-top: 2rem; }
a { color: inherit; }
`;
