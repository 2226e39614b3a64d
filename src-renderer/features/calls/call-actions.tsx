import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import type { CallBodies } from '../../../src-shared/contract/call-bodies.ts';
import { callExportPath } from '../../api/call-requests.ts';
import { copyText } from '../../api/desktop-bridge.ts';
import { download } from '../../api/download.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { Menu } from '../../components/menu.tsx';
import { callCurl } from './call-curl.ts';

/** What can be taken from a call: a line that sends it again, and files for a bug report. */
export function CallActions({ call }: { call: CallRecord }) {
  const queries = useQueryClient();
  const [said, setSaid] = useState('');
  const copy = (what: string, text: string) =>
    copyText(text).then(
      () => setSaid(`${what} copied`),
      () => setSaid(`${what} could not be copied here`),
    );
  const body = () => queries.getQueryData<CallBodies | null>(queryKeys.callBodies(call.id))?.request.body ?? null;
  const link = `${location.origin}/calls/${encodeURIComponent(call.id)}`;
  return (
    <>
      <span role="status" className="truncate text-sm text-muted">
        {said}
      </span>
      <Menu
        label="What to do with this call"
        groups={[
          [
            { name: 'Copy as curl', onSelect: () => void copy('curl', callCurl(call, body(), location.origin)) },
            { name: 'Copy the link', onSelect: () => void copy('Link', link) },
          ],
          [
            { name: 'Save as HAR, names replaced', onSelect: () => download(callExportPath(call.id, 'har')) },
            { name: 'Save as JSON, names replaced', onSelect: () => download(callExportPath(call.id, 'json')) },
          ],
        ]}
      />
    </>
  );
}
