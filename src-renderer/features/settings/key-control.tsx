import { Select } from '../../components/select.tsx';
import { useKeys } from '../keys/use-keys.ts';
import type { ControlProps } from './draft-form.tsx';

/** What stands for no key; no id of one is empty. */
const NONE = '';

/** One of the keys that can be used, or none. */
export function KeyControl({ label, describedBy, value, busy, onSave }: ControlProps<string | null>) {
  const { data } = useKeys();
  const usable = (data?.keys ?? []).filter(({ id, revokedAt }) => revokedAt === null || id === value);
  const options = usable.map(({ id, name, revokedAt }) => ({
    value: id,
    name: revokedAt === null ? name : `${name} (revoked)`,
  }));
  return (
    <Select
      label={label}
      describedBy={describedBy}
      disabled={busy || data === undefined}
      className="w-full"
      value={value ?? NONE}
      options={[{ value: NONE, name: 'None' }, ...options]}
      onChange={(next) => void onSave(next === NONE ? null : next)}
    />
  );
}
