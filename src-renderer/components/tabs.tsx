/** A row of choices of which one is shown; arrow keys move between them, as radio buttons do. */
export function Tabs<Name extends string>({
  label,
  names,
  value,
  onChange,
}: {
  label: string;
  names: Readonly<Record<Name, string>>;
  value: Name;
  onChange: (name: Name) => void;
}) {
  const entries = Object.entries(names) as [Name, string][];
  return (
    <fieldset className="inline-flex max-w-full flex-wrap justify-self-start rounded-md border border-line bg-well p-0.5">
      <legend className="sr-only">{label}</legend>
      {entries.map(([name, title]) => (
        <label
          key={name}
          className="cursor-pointer rounded-[5px] px-2.5 py-0.5 max-sm:px-1.5 font-medium whitespace-nowrap text-muted transition-colors hover:text-ink has-checked:bg-raised has-checked:text-ink has-checked:shadow-[0_0_0_1px_var(--line)] has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={label}
            value={name}
            checked={value === name}
            onChange={() => onChange(name)}
            className="sr-only"
          />
          {title}
        </label>
      ))}
    </fieldset>
  );
}
