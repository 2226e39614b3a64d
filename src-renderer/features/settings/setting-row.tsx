import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { messageOf } from '../../api/client.ts';
import { Notice } from '../../components/notice.tsx';
import { Select } from '../../components/select.tsx';
import { Switch } from '../../components/switch.tsx';
import type { ControlProps } from './draft-form.tsx';
import { KeyControl } from './key-control.tsx';
import { AliasControl, PriceControl } from './model-controls.tsx';
import { AmountControl, CountControl, ListControl, TextControl } from './plain-controls.tsx';
import { defaultSettings, meaningOf, type SettingEntry } from './setting-entries.ts';
import { isOn, valueInWords } from './setting-words.ts';
import { isSame, type SettingChange, SettingConflict } from './use-settings.ts';

interface SettingRowProps {
  readonly entry: SettingEntry;
  readonly settings: Settings;
  /** The page was opened for this one. */
  readonly shown: boolean;
  readonly onChange: (change: SettingChange) => Promise<void>;
}

/** One setting: what it does, what it is by itself, and the control that changes it. */
export function SettingRow({ entry, settings, shown, onChange }: SettingRowProps) {
  const { name, title, control, restart } = entry;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const value = settings[name];
  const byDefault = defaultSettings[name];
  const hint = `about-${name}`;
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (shown) row.current?.scrollIntoView({ block: 'center' });
  }, [shown]);

  const save = async (to: unknown): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    try {
      await onChange({ name, from: value, to });
      return true;
    } catch (error) {
      setProblem(
        error instanceof SettingConflict
          ? `It was changed elsewhere meanwhile, to ${valueInWords(control, error.now)}. Save again to replace that.`
          : messageOf(error),
      );
      return false;
    } finally {
      setBusy(false);
    }
  };
  const wide = ['list', 'aliases', 'prices'].includes(control.kind);
  return (
    <div
      ref={row}
      data-setting={name}
      className={`grid gap-x-8 gap-y-2 px-4 py-3 ${wide ? '' : 'md:grid-cols-[minmax(0,1fr)_18rem]'} ${shown ? 'bg-selected' : ''}`}
    >
      <div className="min-w-0">
        <h3 className="flex flex-wrap items-center gap-x-2 font-medium">
          {title}
          {restart && (
            <span className="rounded border border-line px-1 text-xs font-normal text-muted">needs a restart</span>
          )}
        </h3>
        <p id={hint} className="max-w-2xl text-muted">
          {meaningOf(name)}.
        </p>
        {control.kind !== 'page' && (
          <p className="mt-0.5 text-sm text-muted">
            Default: {valueInWords(control, byDefault)}
            {!isSame(value, byDefault) && (
              <>
                {' · '}
                <button
                  type="button"
                  disabled={busy}
                  onClick={() => void save(byDefault)}
                  className="text-accent underline underline-offset-2"
                  aria-label={`Set ${title} to its default`}
                >
                  Use it
                </button>
              </>
            )}
          </p>
        )}
      </div>
      <div className={`min-w-0 ${control.kind === 'switch' ? 'md:justify-self-end' : ''}`}>
        <Control entry={entry} value={value} busy={busy} describedBy={hint} onSave={save} />
      </div>
      {problem !== null && (
        <div className="col-span-full">
          <Notice kind="error">{problem}</Notice>
        </div>
      )}
    </div>
  );
}

type AnyControl = Omit<ControlProps<unknown>, 'label'> & { readonly entry: SettingEntry };

/** The schema of a setting and its control belong together in the list of entries; here the types meet. */
function Control({ entry: { title, control }, ...rest }: AnyControl): ReactNode {
  const props = <Value,>() => ({ label: title, ...rest }) as unknown as ControlProps<Value>;
  const { value, busy, describedBy, onSave } = rest;
  switch (control.kind) {
    case 'switch': {
      const on = isOn(control, value);
      return (
        <Switch
          label={title}
          describedBy={describedBy}
          checked={on}
          disabled={busy}
          onChange={(next) => void onSave(next ? (control.on ?? true) : (control.off ?? false))}
        />
      );
    }
    case 'choice':
      return (
        <Select
          label={title}
          describedBy={describedBy}
          disabled={busy}
          className="w-full"
          value={String(value)}
          options={Object.entries(control.names).map(([one, name]) => ({ value: one, name }))}
          onChange={(next) => void onSave(next)}
        />
      );
    case 'duration':
    case 'bytes':
      return <AmountControl kind={control.kind} {...props<number>()} />;
    case 'count':
      return <CountControl unit={control.unit} {...props<number>()} />;
    case 'money':
      return <CountControl unit="US dollars" scale={1_000_000} {...props<number>()} />;
    case 'port':
      return <CountControl unit="" {...props<number>()} />;
    case 'key':
      return <KeyControl {...props<string | null>()} />;
    case 'text':
      return <TextControl {...props<string>()} />;
    case 'list':
      return <ListControl {...props<readonly string[]>()} />;
    case 'aliases':
      return <AliasControl {...props<Settings['models.aliases']>()} />;
    case 'prices':
      return <PriceControl {...props<Settings['models.prices']>()} />;
    case 'page':
      return (
        <p className="text-muted md:text-right">
          <span className="text-ink">{valueInWords(control, value)}</span>, on the page{' '}
          <Link href={control.path} className="text-accent underline underline-offset-2">
            {control.page}
          </Link>
        </p>
      );
  }
}
