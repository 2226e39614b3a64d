import { type PartName, partNames, strategyNames } from '../../../src-shared/domain/decision.ts';
import { ApiError, messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { SelectField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { partHeadings } from '../calls/decision-parts.ts';
import { partMeans, type RoutingChoice, strategyWords, withWeight } from './routing-choice.ts';
import type { useRoutingChoice } from './use-routing-choice.ts';

interface ChoicePanelProps {
  readonly choice: RoutingChoice;
  readonly state: ReturnType<typeof useRoutingChoice>;
  /** The strategy's weights with the person's own in place of them; `null` while they are not known. */
  readonly effective: Readonly<Record<PartName, number>> | null;
}

/** Strategy and weights. What is tried out here changes nothing until it is saved. */
export function ChoicePanel({ choice, state, effective }: ChoicePanelProps) {
  const { setDraft, isChanged, change, save, discard, undo } = state;
  return (
    <Panel title="How an account is chosen">
      <form
        className="grid gap-3 px-4 py-3"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <SelectField
          label="Strategy"
          value={choice.strategy}
          options={strategyNames.map((value) => ({ value, name: strategyWords[value].name }))}
          hint={strategyWords[choice.strategy].means}
          onChange={(strategy) => setDraft({ ...choice, strategy })}
        />
        <fieldset className="grid gap-1">
          <legend className="mb-1 font-medium">Weights</legend>
          <p className="mb-1 text-sm text-muted">
            Empty is the strategy’s own. The account with the most points is chosen.
          </p>
          {partNames.map((part) => (
            <Weight
              key={`${part} ${choice.strategy}`}
              part={part}
              own={choice.weights[part] ?? null}
              effective={effective?.[part] ?? null}
              onChange={(weight) => setDraft(withWeight(choice, part, weight))}
            />
          ))}
        </fieldset>
        {change.isError && (
          <Notice kind="error">
            {change.error instanceof ApiError && change.error.status === 412
              ? 'The settings were changed elsewhere meanwhile, and are read again. Look at yours and save once more.'
              : messageOf(change.error)}
          </Notice>
        )}
        <div className="flex flex-wrap items-center gap-2">
          <Button type="submit" look="primary" disabled={!isChanged || change.isPending}>
            {change.isPending ? 'Saving…' : 'Save'}
          </Button>
          {isChanged && <Button onClick={discard}>Discard</Button>}
          {!isChanged && undo !== null && (
            <Button disabled={change.isPending} onClick={undo}>
              Undo the change
            </Button>
          )}
          <span role="status" className="text-sm text-muted">
            {isChanged ? 'Tried out below, not saved.' : undo !== null ? 'Saved: the next call is chosen by it.' : ''}
          </span>
        </div>
      </form>
    </Panel>
  );
}

interface WeightProps {
  readonly part: PartName;
  readonly own: number | null;
  readonly effective: number | null;
  readonly onChange: (weight: number | null) => void;
}

function Weight({ part, own, effective, onChange }: WeightProps) {
  return (
    <label className="grid grid-cols-[minmax(0,1fr)_5rem] items-center gap-3">
      <span className="min-w-0 truncate" title={partMeans[part]}>
        {partHeadings[part]} <span className="text-sm text-muted">{partMeans[part]}</span>
      </span>
      <input
        type="number"
        aria-label={`Weight of ${partHeadings[part].toLowerCase()}`}
        min={0}
        max={100}
        step="any"
        value={own ?? ''}
        placeholder={own === null && effective !== null ? String(effective) : ''}
        onChange={({ target }) => {
          if (target.value === '') return onChange(null);
          const weight = target.valueAsNumber;
          if (weight >= 0 && weight <= 100) onChange(weight);
        }}
        className="h-7 w-full rounded-md border border-line-strong bg-surface px-2 text-right placeholder:text-muted"
      />
    </label>
  );
}
