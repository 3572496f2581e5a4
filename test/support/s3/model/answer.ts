/** A request as the model sees it: names of headers in lower case, the key without its escapes. */
export interface ModelRequest {
  readonly method: string;
  /** Null for the bucket itself. */
  readonly key: string | null;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

export interface ModelAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Without the bytes of a HEAD. */
  readonly body: Uint8Array;
}

const NO_BODY = new Uint8Array();

export function answer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body: Uint8Array | string = NO_BODY,
): ModelAnswer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const length = status === 204 || status === 304 ? {} : { 'content-length': String(bytes.length) };
  return { status, headers: { ...length, ...headers }, body: bytes };
}

export function xmlAnswer(text: string, headers: Readonly<Record<string, string>> = {}): ModelAnswer {
  return answer(200, { 'content-type': 'application/xml', ...headers }, `${DECLARATION}${text}`);
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Thrown anywhere in the model; becomes an answer. */
export class S3Refusal extends Error {
  override readonly name = 'S3Refusal';
  readonly code: string;

  constructor(code: keyof typeof STATUS, message: string = MESSAGES[code] ?? code) {
    super(message);
    this.code = code;
  }

  answer({ key }: ModelRequest): ModelAnswer {
    const named = key === null ? '' : `<Key>${xmlText(key)}</Key>`;
    const body = `${DECLARATION}<Error><Code>${this.code}</Code><Message>${xmlText(this.message)}</Message>${named}<RequestId>4442587FB7D0A2F9</RequestId><HostId>model</HostId></Error>`;
    return answer(STATUS[this.code]!, { 'content-type': 'application/xml' }, body);
  }
}

const STATUS: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  BadDigest: 400,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidDigest: 400,
  InvalidObjectState: 403,
  InvalidPart: 400,
  InvalidRange: 416,
  EntityTooSmall: 400,
  MalformedXML: 400,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchLifecycleConfiguration: 404,
  NoSuchUpload: 404,
  NoSuchVersion: 404,
  NotImplemented: 501,
  ObjectLockConfigurationNotFoundError: 404,
  PreconditionFailed: 412,
  RestoreAlreadyInProgress: 409,
  SignatureDoesNotMatch: 403,
  XAmzContentSHA256Mismatch: 400,
};

const MESSAGES: Readonly<Record<string, string>> = {
  AccessDenied: 'Access Denied',
  BadDigest: 'The Content-MD5 you specified did not match what we received.',
  NoSuchKey: 'The specified key does not exist.',
  NoSuchBucket: 'The specified bucket does not exist',
  PreconditionFailed: 'At least one of the pre-conditions you specified did not hold',
  XAmzContentSHA256Mismatch: "The provided 'x-amz-content-sha256' header does not match what was computed.",
};

export function xmlText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}

/** The texts of the elements of this name in a request's body. */
export function textsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text]) =>
    text!
      .replaceAll('&apos;', "'")
      .replaceAll('&quot;', '"')
      .replaceAll('&gt;', '>')
      .replaceAll('&lt;', '<')
      .replaceAll('&amp;', '&'),
  );
}
