/** Stands wherever a ChatGPT login is added, before what adds it. */
export function TermsNotice() {
  return (
    <p className="text-sm text-muted">
      Using a ChatGPT login outside OpenAI’s own apps may conflict with OpenAI’s terms. API keys are the sanctioned way.
      Add only logins of your own.
    </p>
  );
}
