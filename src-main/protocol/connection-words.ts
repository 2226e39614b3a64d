/** Why nothing came of a connection, by the error codes of Node and undici; to stand behind "could not be reached: ". */
export const connectionWords = (code: string): string =>
  reasons[code] ?? (isTls(code) ? `its certificate or TLS was refused (${code})` : code || 'the connection failed');

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known (DNS)',
  EAI_AGAIN: 'the name could not be looked up (DNS)',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  EMFILE: 'this process may not open more files (ulimit -n)',
  ENETUNREACH: 'the network cannot be reached',
  EHOSTUNREACH: 'the host cannot be reached',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_SOCKET: 'the connection was cut',
};

const isTls = (code: string): boolean => /^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code);
