interface SwitchProps {
  readonly label: string;
  /** What it means as it is, where the label does not say it. */
  readonly title?: string;
  readonly describedBy?: string;
  readonly checked: boolean;
  readonly disabled: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Switch({ label, title, describedBy, checked, disabled, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      aria-describedby={describedBy}
      title={title}
      disabled={disabled}
      onClick={() => onChange(!checked)}
      className="group mt-0.5 h-5 w-9 shrink-0 rounded-full bg-line-strong p-0.5 transition-colors aria-checked:bg-accent-fill disabled:opacity-60"
    >
      <span className="block size-4 rounded-full bg-on-accent transition-transform group-aria-checked:translate-x-4" />
    </button>
  );
}
