import { chatgptTerms } from '../../../src-shared/domain/terms.ts';

/** Stands wherever a ChatGPT login is added, before what adds it. */
export function TermsNotice() {
  return <p className="text-sm text-muted">{chatgptTerms}</p>;
}
