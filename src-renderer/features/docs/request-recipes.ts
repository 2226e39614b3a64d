import { type ApiOperation, accessOf } from './open-api.ts';

const environment = { key: 'RELAY_KEY', token: 'RELAY_API_TOKEN', open: null } as const;

/** The path with what the examples put into it, and after it the query of the examples. */
export function exampleAddress({ path, parameters }: Pick<ApiOperation, 'path' | 'parameters'>): string {
  const filled = parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce((all, { name, example }) => all.replace(`{${name}}`, encodeURIComponent(String(example ?? name))), path);
  const query = parameters.flatMap((parameter) =>
    parameter.in === 'query' && parameter.example !== undefined
      ? [[parameter.name, String(parameter.example)] as [string, string]]
      : [],
  );
  return query.length === 0 ? filled : `${filled}?${new URLSearchParams(query)}`;
}

/** Lines that can be pasted and run as they are once the named variable is set; for Python and Node without any package. */
export function requestRecipes(operation: ApiOperation, url: string): Record<'curl' | 'python' | 'node', string> {
  const address = url + exampleAddress(operation);
  const variable = environment[accessOf(operation)];
  const body = operation.requestBody?.content['application/json']?.example;
  const streams = operation.responses['200']?.content?.['text/event-stream'] !== undefined && body === undefined;
  const parts = { address, variable, body, streams, method: operation.method };
  return { curl: curlOf(parts), python: pythonOf(parts), node: nodeOf(parts) };
}

interface Parts {
  readonly method: string;
  readonly address: string;
  readonly variable: string | null;
  readonly body: unknown;
  readonly streams: boolean;
}

function curlOf({ method, address, variable, body, streams }: Parts): string {
  const verb = method === 'GET' || (method === 'POST' && body !== undefined) ? '' : ` -X ${method}`;
  return [
    `curl${streams ? ' -N' : ''}${verb} ${quoted(address)}`,
    ...(variable === null ? [] : [`  -H "Authorization: Bearer $${variable}"`]),
    ...(body === undefined ? [] : ['  -H "Content-Type: application/json"', `  -d ${quoted(JSON.stringify(body))}`]),
  ].join(' \\\n');
}

/** For a POSIX shell: nothing in single quotes means anything to it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function pythonOf({ method, address, variable, body, streams }: Parts): string {
  const headers = [
    ...(variable === null ? [] : [`"Authorization": f"Bearer {os.environ['${variable}']}"`]),
    ...(body === undefined ? [] : ['"Content-Type": "application/json"']),
  ];
  return [
    ...(variable === null ? [] : ['import os']),
    'import urllib.request',
    '',
    'request = urllib.request.Request(',
    `    ${JSON.stringify(address)},`,
    `    method="${method}",`,
    ...(headers.length === 0 ? [] : [`    headers={${headers.join(', ')}},`]),
    ...(body === undefined ? [] : [`    data=${JSON.stringify(JSON.stringify(body))}.encode(),`]),
    ')',
    'with urllib.request.urlopen(request) as answer:',
    ...(streams
      ? ['    for line in answer:', '        print(line.decode(), end="")']
      : ['    print(answer.status, answer.read().decode())']),
  ].join('\n');
}

function nodeOf({ method, address, variable, body, streams }: Parts): string {
  const headers = [
    ...(variable === null ? [] : [`authorization: \`Bearer \${process.env.${variable}}\``]),
    ...(body === undefined ? [] : ["'content-type': 'application/json'"]),
  ];
  const options = [
    ...(method === 'GET' ? [] : [`  method: '${method}',`]),
    ...(headers.length === 0 ? [] : [`  headers: { ${headers.join(', ')} },`]),
    ...(body === undefined ? [] : [`  body: JSON.stringify(${JSON.stringify(body)}),`]),
  ];
  return [
    options.length === 0
      ? `const answer = await fetch(${JSON.stringify(address)});`
      : `const answer = await fetch(${JSON.stringify(address)}, {`,
    ...options,
    ...(options.length === 0 ? [] : ['});']),
    ...(streams
      ? [
          'const decoder = new TextDecoder();',
          'for await (const piece of answer.body) process.stdout.write(decoder.decode(piece, { stream: true }));',
        ]
      : ['console.log(answer.status, await answer.text());']),
  ].join('\n');
}
