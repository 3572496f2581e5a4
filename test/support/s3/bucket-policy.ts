import type { RawRequest } from './model/s3-model.ts';

/** A policy as AWS reads it, as far as those of docs/s3.md go. */
export interface Policy {
  readonly Statement: readonly Statement[];
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What a request asks for, in the words of a policy. */
export interface AskedAccess {
  readonly action: string;
  readonly resource: string;
  /** Condition keys that have a value. */
  readonly context: Readonly<Record<string, string>>;
}

/** As the service authorization reference of AWS has it, for every request that an archive may need; throws for another one. */
export function accessOf({
  method,
  url,
  headers,
}: Pick<RawRequest, 'method' | 'url' | 'headers'>): AskedAccess {
  const [bucket = '', ...path] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  const key = path.join('/');
  const query = url.searchParams;
  const action = key === '' ? bucketAction(method, query) : objectAction(method, query);
  if (action === undefined) throw new Error(`no permission is known for ${method} ${url.search}`);
  const header = (name: string): Record<string, string> =>
    headers.has(name) ? { [`s3:${name}`]: headers.get(name)! } : {};
  return {
    action: `s3:${action}`,
    resource: `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`,
    context: {
      ...header('if-none-match'),
      ...header('if-match'),
      ...(query.has('prefix') ? { 's3:prefix': query.get('prefix')! } : {}),
      // The parts of an upload create nothing yet.
      ...(action === 'PutObject'
        ? { 's3:ObjectCreationOperation': String(!query.has('uploads') && !query.has('partNumber')) }
        : {}),
    },
  };
}

function bucketAction(method: string, query: URLSearchParams): string | undefined {
  if (method !== 'GET') return undefined;
  if (query.has('versions')) return 'ListBucketVersions';
  if (query.has('uploads')) return 'ListBucketMultipartUploads';
  if (query.has('versioning')) return 'GetBucketVersioning';
  return query.has('list-type') ? 'ListBucket' : undefined;
}

function objectAction(method: string, query: URLSearchParams): string | undefined {
  const ofVersion = query.has('versionId') ? 'Version' : '';
  switch (method) {
    case 'GET':
    case 'HEAD':
      return `GetObject${ofVersion}`;
    case 'PUT':
      return 'PutObject';
    case 'POST':
      return query.has('restore') ? 'RestoreObject' : 'PutObject';
    case 'DELETE':
      return query.has('uploadId') ? 'AbortMultipartUpload' : `DeleteObject${ofVersion}`;
    default:
      return undefined;
  }
}

/** What the policy alone says; `silent` when no statement of it applies. */
export function judged(policy: Policy, asked: AskedAccess): 'allowed' | 'denied' | 'silent' {
  const effects = policy.Statement.filter((statement) => applies(statement, asked)).map(
    ({ Effect }) => Effect,
  );
  if (effects.includes('Deny')) return 'denied';
  return effects.length > 0 ? 'allowed' : 'silent';
}

/** Every action that a policy names. */
export function actionsOf({ Statement }: Policy): string[] {
  return Statement.flatMap(({ Action }) => Action);
}

function applies(
  { Action, Resource, Condition = {} }: Statement,
  { action, resource, context }: AskedAccess,
): boolean {
  return (
    [Action].flat().some((pattern) => isLike(action, pattern)) &&
    [Resource].flat().some((pattern) => isLike(resource, pattern)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([name, value]) => holds(operator, context[name], value)),
    )
  );
}

function holds(operator: string, given: string | undefined, value: string): boolean {
  if (operator === 'Null') return (given === undefined) === (value === 'true');
  if (given === undefined) return operator.endsWith('IfExists');
  if (operator === 'StringLikeIfExists') return isLike(given, value);
  if (operator === 'Bool') return given === value;
  throw new Error(`no such operator: ${operator}`);
}

function isLike(text: string, pattern: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`, 's').test(text);
}
