import { answer, type ModelAnswer, type ModelRequest, S3Refusal, textsOf, xmlAnswer } from './answer.ts';
import type { BucketState } from './bucket-state.ts';

/** `?versioning`, `?lifecycle`, `?object-lock` of the bucket; null for another request. */
export function bucketSettings(
  state: BucketState,
  { method, query, body }: ModelRequest,
): ModelAnswer | null {
  const xml = Buffer.from(body).toString();
  if (query.has('versioning') && method === 'GET') {
    const status = state.kind.versioned ? '<Status>Enabled</Status>' : '';
    return xmlAnswer(`<VersioningConfiguration>${status}</VersioningConfiguration>`);
  }
  if (query.has('lifecycle')) {
    if (method === 'PUT') state.lifecycle = xml;
    if (method === 'DELETE') state.lifecycle = null;
    if (method !== 'GET') return answer(method === 'DELETE' ? 204 : 200);
    if (state.lifecycle === null) throw new S3Refusal('NoSuchLifecycleConfiguration');
    return xmlAnswer(state.lifecycle);
  }
  if (!query.has('object-lock')) return null;
  if (!state.kind.objectLock) throw new S3Refusal('ObjectLockConfigurationNotFoundError');
  if (method === 'PUT') {
    const [days] = textsOf(xml, 'Days');
    state.retentionDays = days === undefined ? null : Number(days);
    return answer(200);
  }
  const rule =
    state.retentionDays === null
      ? ''
      : `<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>${state.retentionDays}</Days></DefaultRetention></Rule>`;
  return xmlAnswer(
    `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${rule}</ObjectLockConfiguration>`,
  );
}
