import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { changeSettings } from '../../api/settings-requests.ts';
import { useSettings } from '../settings/use-settings.ts';
import { choiceOf, isSameChoice, type RoutingChoice, settingsOf } from './routing-choice.ts';

/** The choice that is saved, the one that is tried out, and the way back to what was before the last save. */
export function useRoutingChoice() {
  const queries = useQueryClient();
  const settings = useSettings();
  const [draft, setDraft] = useState<RoutingChoice | null>(null);
  const [before, setBefore] = useState<RoutingChoice | null>(null);
  const saved = settings.data === undefined ? null : choiceOf(settings.data.data);
  const tag = settings.data?.tag ?? null;
  const change = useMutation({
    mutationFn: (choice: RoutingChoice) => changeSettings(settingsOf(choice), tag),
    onSuccess: (answer) => void queries.setQueryData(queryKeys.settings, answer),
    onError: (error) => {
      // Somebody else has changed a setting: what it is now is shown, and the draft is kept beside it.
      if (error instanceof ApiError && error.status === 412) void settings.refetch();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.routing }),
  });
  return {
    settings,
    saved,
    draft: draft ?? saved,
    isChanged: draft !== null && saved !== null && !isSameChoice(draft, saved),
    setDraft,
    change,
    save: () =>
      draft !== null &&
      change.mutate(draft, {
        onSuccess: () => {
          setBefore(saved);
          setDraft(null);
        },
      }),
    discard: () => {
      setDraft(null);
      change.reset();
    },
    undo: before === null ? null : () => change.mutate(before, { onSuccess: () => setBefore(null) }),
  };
}
