import { isUnavailable } from '../../../model/retry.ts';
import type { Retention, Told, Versioning } from '../../bucket/bucket-checkup.ts';
import { addressOf } from '../requests/s3-address.ts';
import type { S3Client } from '../requests/s3-client.ts';
import { s3CodeOf } from '../requests/s3-failure.ts';
import { childrenOf, childText, parseXml, textOf, type XmlElement } from '../requests/s3-xml.ts';

/** A question about a bucket: `GET ?<name>`. */
export interface Question<T> {
  readonly name: string;
  /** What the answer's XML begins with. A server that does not know the question may answer with a list of the bucket. */
  readonly roots: readonly string[];
  readonly read: (answer: XmlElement) => T;
  /** What it means that there is none (404), and the code by which the server says so. */
  readonly none: { readonly code: string; readonly value: T };
}

const OPERATION = 'look at the settings of the bucket';

/** Throws `unavailable` when there is no answer at all. */
export async function ask<T>(client: S3Client, { name, roots, read, none }: Question<T>): Promise<Told<T>> {
  const unsupported = { known: false, why: 'unsupported' } as const;
  try {
    const answer = await client.send({
      ...{ method: 'GET', key: null, query: { [name]: '' }, operation: OPERATION, kind: 'get' },
    });
    const body = await answer.body();
    if (answer.status === 404)
      return textOf(Buffer.from(body).toString(), 'Code') === none.code
        ? { known: true, value: none.value }
        : unsupported;
    const root = roots.find((each) => Buffer.from(body).includes(`<${each}`));
    if (answer.status !== 200 || root === undefined) return unsupported;
    const address = addressOf(client.location, null);
    return { known: true, value: read(parseXml(body, root, OPERATION, address)) };
  } catch (error) {
    const code = s3CodeOf(error);
    if (code === null || isUnavailable(error)) throw error;
    return code === 'AccessDenied' ? { known: false, why: 'denied' } : unsupported;
  }
}

export const VERSIONING: Question<Versioning> = {
  name: 'versioning',
  roots: ['VersioningConfiguration'],
  read: (answer) => {
    const status = childText(answer, 'Status').toLowerCase();
    return {
      status: status === 'enabled' || status === 'suspended' ? status : 'off',
      mfaDelete: childText(answer, 'MfaDelete') === 'Enabled',
    };
  },
  none: { code: '', value: { status: 'off', mfaDelete: false } },
};

export const OBJECT_LOCK: Question<Retention | null> = {
  name: 'object-lock',
  roots: ['ObjectLockConfiguration'],
  read: (answer) => {
    const [rule = ''] = childrenOf(answer, 'Rule');
    const [retention] = childrenOf(rule, 'DefaultRetention');
    if (retention === undefined) return null;
    const [days, years] = [childText(retention, 'Days'), childText(retention, 'Years')];
    const [count, unit] = days === '' ? [years, 'year'] : [days, 'day'];
    return { mode: childText(retention, 'Mode'), period: `${count} ${unit}${count === '1' ? '' : 's'}` };
  },
  none: { code: 'ObjectLockConfigurationNotFoundError', value: null },
};

export const ENCRYPTION: Question<string | null> = {
  name: 'encryption',
  roots: ['ServerSideEncryptionConfiguration'],
  read: (answer) => {
    const [rule = ''] = childrenOf(answer, 'Rule');
    const [standard = ''] = childrenOf(rule, 'ApplyServerSideEncryptionByDefault');
    return childText(standard, 'SSEAlgorithm') || null;
  },
  none: { code: 'ServerSideEncryptionConfigurationNotFoundError', value: null },
};

/** Whether public grants and policies are ignored whatever they say. */
export const PUBLIC_BLOCK: Question<boolean> = {
  name: 'publicAccessBlock',
  roots: ['PublicAccessBlockConfiguration', 'BlockPublicAccessBlockConfiguration'],
  read: (answer) =>
    ['IgnorePublicAcls', 'RestrictPublicBuckets'].every((name) => childText(answer, name) === 'true'),
  none: { code: 'NoSuchPublicAccessBlockConfiguration', value: false },
};

export const PUBLIC_POLICY: Question<boolean> = {
  name: 'policyStatus',
  roots: ['PolicyStatus'],
  read: (answer) => childText(answer, 'IsPublic').toLowerCase() === 'true',
  none: { code: 'NoSuchBucketPolicy', value: false },
};

const GROUPS: Readonly<Record<string, string>> = {
  AllUsers: 'everybody',
  AuthenticatedUsers: 'every AWS account',
};

/** What the access control list grants to groups of strangers, in words. */
export const PUBLIC_GRANTS: Question<readonly string[]> = {
  name: 'acl',
  roots: ['AccessControlPolicy'],
  read: (answer) =>
    childrenOf(childrenOf(answer, 'AccessControlList')[0] ?? '', 'Grant').flatMap((grant) => {
      const uri = childText(childrenOf(grant, 'Grantee')[0] ?? '', 'URI');
      const group = GROUPS[uri.slice(uri.lastIndexOf('/') + 1)];
      return group === undefined
        ? []
        : [`its access control list gives ${group} ${childText(grant, 'Permission')}`];
    }),
  none: { code: '', value: [] },
};
