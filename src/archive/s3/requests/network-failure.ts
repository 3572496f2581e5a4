/** Why there was no answer. */
export interface NetworkFailure {
  readonly words: string;
  readonly hint: string;
  /** The request may have reached the server. */
  readonly wasSent: boolean;
  /** It will fail again. */
  readonly isFinal: boolean;
}

const ENDPOINT = 'Check the network, and the endpoint in the location of the archives.';

const NOT_SENT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at the endpoint',
  ENOTFOUND: 'the host name of the endpoint is not known',
  EAI_AGAIN: 'the name server does not answer',
  EHOSTUNREACH: 'the host of the endpoint cannot be reached',
  ENETUNREACH: 'the network of the endpoint cannot be reached',
  UND_ERR_CONNECT_TIMEOUT: 'the endpoint does not answer',
};

/** Codes of the operating system and of undici. Whatever else fails is named by its code alone. */
const LOST: Readonly<Record<string, string>> = {
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'the server does not answer',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_HEADERS_TIMEOUT: 'the server does not answer',
  UND_ERR_BODY_TIMEOUT: 'the server stopped answering',
};

const CERTIFICATE = /^(ERR_TLS_|CERT_|DEPTH_ZERO_SELF|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_SSL_)/;

/**
 * What an exception of `fetch` says. Its message is not repeated: one about a header has the header's value in it, which may be a token.
 */
export function failureOf(error: unknown): NetworkFailure {
  const code = codeOf(error);
  if (CERTIFICATE.test(code)) {
    return {
      words: `the certificate of the endpoint is not trusted, or it does not speak TLS (${code})`,
      hint: 'Set NODE_EXTRA_CA_CERTS to the file of the certificate authority, or correct the endpoint (http:// or https://).',
      ...{ wasSent: false, isFinal: true },
    };
  }
  const early = NOT_SENT[code];
  if (early !== undefined)
    return { words: `${early} (${code})`, hint: ENDPOINT, wasSent: false, isFinal: false };
  const words = LOST[code] ?? 'the request failed';
  return { words: code === '' ? words : `${words} (${code})`, hint: ENDPOINT, wasSent: true, isFinal: false };
}

/** The code of the error or of one of its causes. */
function codeOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 5) return '';
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
  // Of one host, several addresses may have been tried.
  return codeOf(error instanceof AggregateError ? error.errors[0] : error.cause, depth + 1);
}
