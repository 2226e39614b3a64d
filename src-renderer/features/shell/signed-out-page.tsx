import { Button } from '../../components/button.tsx';
import { Code } from '../../components/code.tsx';
import { CopyButton } from '../../components/copy-button.tsx';

/** What anyone sees who comes without a session. It holds no data. */
export function SignedOutPage({ reason, onRetry }: { reason: string | null; onRetry: () => void }) {
  return (
    <main className="grid min-h-full place-items-center p-4">
      <div className="grid w-full max-w-sm gap-4 rounded-xl border border-line bg-surface p-6">
        <h1 className="text-xl font-semibold tracking-tight">Relay</h1>
        <p className="text-muted">
          {reason ?? 'This browser is not signed in. Relay’s dashboard opens only for the person at this machine.'}
        </p>
        <div>
          <p className="mb-1.5 font-medium">Run this in a terminal:</p>
          <div className="flex items-center justify-between rounded-md border border-line bg-well py-1 pr-1 pl-3">
            <code className="font-mono">relay open</code>
            <CopyButton text="relay open" label="Copy the command" />
          </div>
        </div>
        <p className="text-sm text-muted">
          It opens a signed-in window. From a checkout: <Code>npm run relay -- open</Code>. The desktop app opens one by
          itself.
        </p>
        <Button onClick={onRetry} className="justify-self-start">
          Try again
        </Button>
      </div>
    </main>
  );
}
