const looks: Readonly<Record<string, string>> = {
  GET: 'text-good',
  DELETE: 'text-bad',
};

/** The method as a short coloured word. */
export function MethodSign({ method }: { method: string }) {
  return (
    <span className={`w-12 shrink-0 font-mono text-xs font-semibold ${looks[method] ?? 'text-accent'}`}>{method}</span>
  );
}
