import { useMutation } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { messageOf, send } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { formatBytes } from '../../format/figures.ts';
import { type ApiOperation, accessOf } from './open-api.ts';

/** More of an answer is not shown: a browser would be slow with it. */
const shownBytes = 100_000;

/** Reading changes nothing, and this page may do it by its session. Streams and files are not for here. */
export function canTry(operation: ApiOperation): boolean {
  const answer = operation.responses['200']?.content ?? {};
  const readable = answer['application/json'] !== undefined || answer['text/plain'] !== undefined;
  return operation.method === 'GET' && accessOf(operation) !== 'key' && readable;
}

/** Asks this Relay and shows the answer as it came. */
export function TryIt({ operation }: { operation: ApiOperation }) {
  const asked = operation.parameters.filter((parameter) => parameter.in !== 'header');
  const [given, setGiven] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(
      asked.flatMap(({ name, example, required }) =>
        example !== undefined && (required || asked.length <= 4) ? [[name, String(example)]] : [],
      ),
    ),
  );
  const read = useMutation({
    mutationFn: async (address: string) => {
      const response = await send(address);
      return { status: response.status, text: await response.text() };
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    read.mutate(addressOf(operation, given));
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      {asked.length > 0 && (
        <div className="grid gap-2.5 sm:grid-cols-2 lg:grid-cols-3">
          {asked.map(({ name, required }) => (
            <TextField
              key={name}
              label={name}
              required={required}
              maxLength={500}
              value={given[name] ?? ''}
              onChange={(event) => setGiven({ ...given, [name]: event.target.value })}
            />
          ))}
        </div>
      )}
      <div className="flex min-w-0 items-center gap-3">
        <Button type="submit" look="primary" disabled={read.isPending}>
          Send
        </Button>
        <code className="min-w-0 truncate font-mono text-sm text-muted">{addressOf(operation, given)}</code>
      </div>
      {read.isError && <Notice kind="error">{messageOf(read.error)}</Notice>}
      {read.data !== undefined && (
        <div className="rounded-md border border-line bg-well">
          <p role="status" className="border-b border-line px-3 py-1 text-sm text-muted">
            {read.data.status}, {formatBytes(new TextEncoder().encode(read.data.text).length)}
            {read.data.text.length > shownBytes && `; the first ${formatBytes(shownBytes)} of it`}
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the keyboard too */}
          <pre tabIndex={0} className="max-h-96 overflow-auto px-3 py-2 font-mono text-sm">
            {readable(read.data.text).slice(0, shownBytes)}
          </pre>
        </div>
      )}
    </form>
  );
}

function addressOf({ path, parameters }: ApiOperation, given: Readonly<Record<string, string>>): string {
  let filled = path;
  const query = new URLSearchParams();
  for (const parameter of parameters) {
    const value = given[parameter.name] ?? '';
    if (parameter.in === 'path') filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (parameter.in === 'query' && value !== '') query.set(parameter.name, value);
  }
  return query.size === 0 ? filled : `${filled}?${query}`;
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
