import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SettingName, Settings } from '../../../src-shared/contract/settings.ts';
import { ApiError } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { changeSettings, getSettings } from '../../api/settings-requests.ts';

/** How often they are read again while they are seen: the command line and the tray change them too. */
const againMs = 15_000;

export const useSettings = () =>
  useQuery({
    queryKey: queryKeys.settings,
    queryFn: getSettings,
    staleTime: 0,
    refetchOnWindowFocus: 'always',
    refetchInterval: againMs,
  });

export interface SettingChange {
  readonly name: SettingName;
  readonly from: unknown;
  readonly to: unknown;
}

/** Another person or program has changed the same setting meanwhile. */
export class SettingConflict extends Error {
  readonly now: unknown;

  constructor(now: unknown) {
    super('It was changed elsewhere meanwhile.');
    this.name = 'SettingConflict';
    this.now = now;
  }
}

/** Changes one setting at a time, and remembers the last change so that it can be taken back. */
export function useSettingChange() {
  const queries = useQueryClient();
  const [last, setLast] = useState<SettingChange | null>(null);
  const read = () => queries.fetchQuery({ queryKey: queryKeys.settings, queryFn: getSettings, staleTime: 0 });

  const change = useMutation({
    mutationFn: async ({ name, from, to }: SettingChange) => {
      const wanted = { [name]: to } as Partial<Settings>;
      const known = queries.getQueryData<Awaited<ReturnType<typeof getSettings>>>(queryKeys.settings) ?? (await read());
      try {
        return await changeSettings(wanted, known.tag);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 412) throw error;
        const now = await read();
        // That something else was changed is in nobody's way.
        if (isSame(now.data[name], from)) return changeSettings(wanted, now.tag);
        throw new SettingConflict(now.data[name]);
      }
    },
    onSuccess: (answer) => void queries.setQueryData(queryKeys.settings, answer),
  });
  const save = async (wanted: SettingChange): Promise<void> => {
    await change.mutateAsync(wanted);
    setLast(wanted);
  };
  const undo = async (): Promise<void> => {
    if (last === null) return;
    await change.mutateAsync({ name: last.name, from: last.to, to: last.from });
    setLast(null);
  };
  return { save, undo, last, forget: () => setLast(null) };
}

/** Whether two values of a setting say the same, in whatever order their names are. */
export const isSame = (a: unknown, b: unknown): boolean => ordered(a) === ordered(b);

const ordered = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
