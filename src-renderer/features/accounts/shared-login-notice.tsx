import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';

/** Before a login is taken over that another program goes on using. */
export function SharedLoginNotice({ onSignIn }: { onSignIn: () => void }) {
  return (
    <Notice kind="warning">
      <p>
        The program that such a login comes from uses it too, and each refresh token works once: sooner or later one of
        the two is signed out. A sign-in gives Relay a login of its own.
      </p>
      <Button className="mt-2" onClick={onSignIn}>
        Sign in instead
      </Button>
    </Notice>
  );
}
