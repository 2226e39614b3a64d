import { CalendarRange } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Popover } from '../../components/popover.tsx';
import { Select } from '../../components/select.tsx';
import { isWindowName, type UsageWindow, windowNames, windowTimes } from './usage-window.ts';

interface WindowChoiceProps {
  readonly window: UsageWindow;
  readonly onChange: (window: UsageWindow) => void;
}

/** A named window, or from one moment to another. */
export function WindowChoice({ window, onChange }: WindowChoiceProps) {
  const [open, setOpen] = useState(false);
  const names = Object.entries(windowNames).map(([value, name]) => ({ value, name }));
  const own = typeof window === 'object';
  return (
    <div className="flex min-w-0 items-center gap-1">
      <Select
        label="Window"
        value={own ? 'own' : window}
        options={own ? [...names, { value: 'own', name: rangeText(window) }] : names}
        onChange={(name) => isWindowName(name) && onChange(name)}
        className="max-w-56"
      />
      <Popover
        label="From and to"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <Button className="h-7.5 px-2" title="From and to">
            <CalendarRange size={14} aria-hidden />
            <span className="sr-only">From and to</span>
          </Button>
        }
      >
        <OwnWindow
          window={window}
          onChange={(next) => {
            setOpen(false);
            onChange(next);
          }}
        />
      </Popover>
    </div>
  );
}

function OwnWindow({ window, onChange }: WindowChoiceProps) {
  const [times] = useState(() => windowTimes(window, Date.now()));
  const [from, setFrom] = useState(() => inputText(times.from));
  const [to, setTo] = useState(() => inputText(times.to));
  const chosen = { from: new Date(from).getTime(), to: new Date(to).getTime() };
  const usable = chosen.from < chosen.to;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (usable) onChange(chosen);
  };
  return (
    <form onSubmit={submit} className="grid w-60 gap-3">
      <TextField
        label="From"
        type="datetime-local"
        required
        value={from}
        onChange={(event) => setFrom(event.target.value)}
      />
      <TextField label="To" type="datetime-local" required value={to} onChange={(event) => setTo(event.target.value)} />
      {!usable && <p className="text-sm text-bad">The end has to be after the begin.</p>}
      <Button type="submit" look="primary" disabled={!usable} className="justify-self-end">
        Show
      </Button>
    </form>
  );
}

const two = (figure: number): string => String(figure).padStart(2, '0');

/** As an input for a date and a time takes it, on this machine's clock. */
function inputText(at: number): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

const short = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

const rangeText = ({ from, to }: { from: number; to: number }): string => `${short.format(from)} – ${short.format(to)}`;
