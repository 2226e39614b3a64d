/** Told apart in both themes and by most eyes. */
const colors = {
  '#4c7bd9': 'Blue',
  '#2b9c8f': 'Teal',
  '#5b9a3c': 'Green',
  '#c98a1b': 'Amber',
  '#d1603d': 'Orange',
  '#c2497f': 'Pink',
  '#8a63c9': 'Violet',
  '#76808f': 'Grey',
} as const;

interface ColorFieldProps {
  readonly value: string | null;
  readonly onChange: (color: string | null) => void;
}

/** A row of colours as radio buttons, with one of the person's own among them if they have it. */
export function ColorField({ value, onChange }: ColorFieldProps) {
  const own = value === null || Object.hasOwn(colors, value) ? [] : [[value, value] as const];
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Colour</legend>
      <div className="flex flex-wrap gap-1.5">
        <Choice name="None" color={null} checked={value === null} onChange={onChange} />
        {[...Object.entries(colors), ...own].map(([color, name]) => (
          <Choice key={color} name={name} color={color} checked={value === color} onChange={onChange} />
        ))}
      </div>
    </fieldset>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly color: string | null;
  readonly checked: boolean;
  readonly onChange: (color: string | null) => void;
}

function Choice({ name, color, checked, onChange }: ChoiceProps) {
  return (
    <label
      title={name}
      className="grid size-7 cursor-pointer place-items-center rounded-md border border-line hover:bg-hover has-checked:border-accent has-checked:bg-selected has-focus-visible:outline-2 has-focus-visible:outline-accent"
    >
      <input
        type="radio"
        name="color"
        aria-label={name}
        checked={checked}
        onChange={() => onChange(color)}
        className="sr-only"
      />
      <span
        aria-hidden
        className={`size-3.5 rounded-full ${color === null ? 'border border-line-strong' : ''}`}
        style={color === null ? undefined : { backgroundColor: color }}
      />
    </label>
  );
}
