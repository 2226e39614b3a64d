/** What a client is given as its base URL: Relay's address with `/v1`. */
export const clientBaseUrl = (url: string): string => `${url.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1`;
