/** What an upstream is shown in the name of an account. */
export interface Credential {
  /** The whole `authorization` header value. */
  readonly authorization: string;
  /** The ChatGPT workspace, for `chatgpt-account-id`. */
  readonly accountId: string | null;
}
