import { Component, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { EmptyState, Page } from './page.tsx';

interface State {
  readonly broken: boolean;
}

/** A page that breaks, or whose files are gone since Relay was updated, takes nothing else with it. */
export class PageBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { broken: false };

  static getDerivedStateFromError(): State {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <Page title="This page broke">
        <EmptyState title="Something went wrong in this page">
          <p role="alert">Relay itself goes on. It may have been updated since this page was opened.</p>
          <Button look="primary" onClick={() => location.reload()}>
            Reload
          </Button>
        </EmptyState>
      </Page>
    );
  }
}
