import type { UsageDimension } from '../../../src-shared/contract/usage.ts';
import { Select, type SelectOption } from '../../components/select.tsx';
import { type MeasureName, measures } from './measures.ts';
import { dimensionNames, grainNames, type UsageState } from './usage-state.ts';

interface UsageChoicesProps {
  readonly state: UsageState;
  readonly onChange: (change: Partial<UsageState>) => void;
}

const measureOptions = (Object.keys(measures) as MeasureName[]).map((value) => ({
  value,
  name: measures[value].title,
}));
const grainOptions = (Object.keys(grainNames) as UsageState['grain'][]).map((value) => ({
  value,
  name: value === 'auto' ? 'Steps: automatic' : grainNames[value],
}));
const dimensionOptions = (Object.keys(dimensionNames) as UsageDimension[]).map((value) => ({
  value,
  name: dimensionNames[value],
}));

/** What is shown over time, by what, and in which steps. */
export function UsageChoices({ state, onChange }: UsageChoicesProps) {
  const [first, second] = state.by;
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2">
      <Select
        label="Measure"
        value={state.measure}
        options={measureOptions}
        groupOf={(name) => measures[name].kind}
        onChange={(measure) => onChange({ measure })}
      />
      <Select
        label="Group by"
        value={first ?? 'none'}
        options={[{ value: 'none', name: 'Not grouped' }, ...named('By ', dimensionOptions)]}
        onChange={(by) =>
          onChange({ by: by === 'none' ? [] : [by, ...(second === undefined || second === by ? [] : [second])] })
        }
      />
      {first !== undefined && (
        <Select
          label="Then by"
          value={second ?? 'none'}
          options={[
            { value: 'none', name: 'then by nothing' },
            ...named(
              'then by ',
              dimensionOptions.filter(({ value }) => value !== first),
            ),
          ]}
          onChange={(by) => onChange({ by: by === 'none' ? [first] : [first, by] })}
        />
      )}
      <Select label="Steps" value={state.grain} options={grainOptions} onChange={(grain) => onChange({ grain })} />
    </div>
  );
}

const named = (
  word: string,
  options: readonly SelectOption<UsageDimension>[],
): SelectOption<UsageDimension | 'none'>[] =>
  options.map(({ value, name }) => ({ value, name: `${word}${name.toLowerCase()}` }));
