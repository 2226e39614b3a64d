import { Download } from 'lucide-react';
import { callListExportPath } from '../../api/call-requests.ts';
import { download } from '../../api/download.ts';
import { IconButton } from '../../components/button.tsx';
import { Menu } from '../../components/menu.tsx';

/** All calls of the filter as a file, not only those that were read. `search` is the page's own. */
export function ExportMenu({ search }: { search: string }) {
  return (
    <Menu
      label="Save these calls"
      trigger={
        <IconButton label="Save these calls">
          <Download size={15} />
        </IconButton>
      }
      groups={[
        [
          { name: 'Save as CSV', onSelect: () => download(callListExportPath(search, 'csv')) },
          { name: 'Save as JSON lines', onSelect: () => download(callListExportPath(search, 'jsonl')) },
        ],
      ]}
    />
  );
}
