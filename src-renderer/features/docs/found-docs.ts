import type { Guide } from './guides.ts';
import type { ApiOperation } from './open-api.ts';

export interface FoundDoc {
  readonly id: string;
  readonly title: string;
  /** Where it is, or the words around what was found. */
  readonly note: string;
  readonly method: string | null;
}

const around = 60;

/** Endpoints and guides in which every word that was typed occurs; those that are called so come first. */
export function foundDocs(typed: string, operations: readonly ApiOperation[], guides: readonly Guide[]): FoundDoc[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const has = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const docs = [
    ...guides.map(({ id, title, text }) => ({
      id,
      title,
      method: null,
      name: title,
      all: text,
      note: excerpt(text, words),
    })),
    ...operations.map(({ operationId, method, path, summary, description, tags }) => ({
      ...{ id: operationId, title: summary, method, note: path },
      name: `${method} ${path} ${operationId} ${summary}`,
      all: `${method} ${path} ${operationId} ${summary} ${description} ${tags.join(' ')}`,
    })),
  ];
  return docs
    .filter(({ all, name }) => has(`${name} ${all}`))
    .sort((a, b) => Number(has(b.name)) - Number(has(a.name)))
    .map(({ id, title, note, method }) => ({ id, title, note, method }));
}

function excerpt(text: string, [word = '']: readonly string[]): string {
  const plain = text.replace(/\s+/g, ' ');
  const at = plain.toLowerCase().indexOf(word);
  if (at === -1) return '';
  const from = Math.max(0, at - around);
  return `${from > 0 ? '…' : ''}${plain.slice(from, at + word.length + around)}…`;
}
