import { FolderKanban, KeyRound, ListTree, Settings2, UserRound, UsersRound } from 'lucide-react';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import type { KeyView } from '../../../src-shared/contract/key.ts';
import { meaningOf, settingSections } from '../settings/setting-entries.ts';
import { type AppPage, pageSections } from '../shell/pages.ts';
import { jumpKeys } from '../shell/shortcuts.ts';
import type { Command } from './command.ts';

type Navigate = (address: string) => void;

export const pageCommands = (navigate: Navigate): Command[] =>
  pageSections.flatMap((section) =>
    section.pages.map(({ path, title, icon, jump }: AppPage) => ({
      ...{ id: `page ${path}`, title, kind: 'Page', icon, words: section.title, keys: jumpKeys(jump) },
      run: () => navigate(path),
    })),
  );

export const keyCommands = (keys: readonly KeyView[], navigate: Navigate): Command[] =>
  keys
    .filter(({ revokedAt }) => revokedAt === null)
    .map(({ id, name, prefix, project, member }) => ({
      ...{ id: `key ${id}`, title: name, kind: 'Key', icon: KeyRound },
      words: [id, prefix, project, member].filter((word) => word !== null).join(' '),
      run: () => navigate(`/keys?open=${encodeURIComponent(id)}`),
    }));

/** Projects and members, as the keys name them. */
export function subjectCommands(keys: readonly KeyView[], navigate: Navigate): Command[] {
  const named = (by: 'project' | 'member') => [...new Set(keys.flatMap((key) => key[by] ?? []))];
  const command = (by: 'project' | 'member', name: string): Command => ({
    id: `${by} ${name}`,
    title: name,
    kind: by === 'project' ? 'Project' : 'Member',
    icon: by === 'project' ? FolderKanban : UserRound,
    run: () =>
      navigate(`/projects?${new URLSearchParams({ ...(by === 'member' ? { by } : {}), open: name }).toString()}`),
  });
  return [
    ...named('project').map((name) => command('project', name)),
    ...named('member').map((name) => command('member', name)),
  ];
}

export const accountPlaces = (accounts: readonly AccountView[], navigate: Navigate): Command[] =>
  accounts.map(({ id, label, email, kind }) => ({
    ...{ id: `account ${id}`, title: label, kind: 'Account', icon: UsersRound },
    words: [id, email ?? '', kind === 'chatgpt' ? 'ChatGPT login' : 'API key'].join(' '),
    run: () => navigate(`/accounts?show=${encodeURIComponent(id)}`),
  }));

/** The call whose id was typed or pasted; whether there is one its page says. */
export function callCommand(typed: string, navigate: Navigate): Command[] {
  const id = /^\s*(call_[A-Za-z0-9_-]{4,100})\s*$/.exec(typed)?.[1];
  if (id === undefined) return [];
  const run = () => navigate(`/calls/${encodeURIComponent(id)}`);
  return [{ id: `call ${id}`, title: `Open call ${id}`, kind: 'Call', icon: ListTree, run }];
}

export const settingCommands = (navigate: Navigate): Command[] =>
  settingSections
    .flatMap(({ entries }) => entries)
    .map(({ name, title, words = '' }) => ({
      ...{
        id: `setting ${name}`,
        title,
        kind: 'Setting',
        icon: Settings2,
        words: `${name} ${words} ${meaningOf(name)}`,
      },
      run: () => navigate(`/settings?show=${name}`),
    }));
