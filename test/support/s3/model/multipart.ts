import {
  answer,
  type ModelAnswer,
  type ModelRequest,
  S3Refusal,
  textsOf,
  xmlAnswer,
  xmlText,
} from './answer.ts';
import type { BucketState, Upload } from './bucket-state.ts';
import { checkConditions, md5, stored, versionHeader } from './objects.ts';

const SMALLEST_PART = 5 * 2 ** 20;

/** `POST ?uploads`, `PUT ?partNumber&uploadId`, `POST ?uploadId`, `DELETE ?uploadId`, `GET ?uploadId`. */
export function multipart(state: BucketState, request: ModelRequest, now: number): ModelAnswer {
  const { method, key, query } = request;
  if (method === 'POST' && query.has('uploads')) {
    const id = state.draw('upload');
    state.uploads.set(id, { key: key!, headers: stored(request.headers), parts: new Map() });
    return xmlAnswer(
      `<InitiateMultipartUploadResult><Key>${xmlText(key!)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
  }
  const id = query.get('uploadId')!;
  const upload = state.uploads.get(id);
  if (upload === undefined || upload.key !== key) throw new S3Refusal('NoSuchUpload');
  switch (method) {
    case 'PUT': {
      const part = { etag: md5(request.body).toString('hex'), body: request.body };
      const parts = new Map(upload.parts).set(Number(query.get('partNumber')), part);
      state.uploads.set(id, { ...upload, parts });
      return answer(200, { etag: `"${part.etag}"` });
    }
    case 'DELETE':
      state.uploads.delete(id);
      return answer(204);
    case 'GET':
      return xmlAnswer(
        `<ListPartsResult><IsTruncated>false</IsTruncated>${[...upload.parts]
          .sort(([a], [b]) => a - b)
          .map(
            ([n, { etag, body }]) =>
              `<Part><PartNumber>${n}</PartNumber><ETag>&quot;${etag}&quot;</ETag><Size>${body.length}</Size></Part>`,
          )
          .join('')}</ListPartsResult>`,
      );
    case 'POST':
      return complete(state, request, id, upload, now);
    default:
      throw new S3Refusal('MethodNotAllowed');
  }
}

function complete(
  state: BucketState,
  request: ModelRequest,
  id: string,
  upload: Upload,
  now: number,
): ModelAnswer {
  // Ceph 16.2 ignores them here.
  if (state.kind.server === 'aws') checkConditions(state, request);
  const xml = Buffer.from(request.body).toString();
  const [numbers, etags] = [textsOf(xml, 'PartNumber').map(Number), textsOf(xml, 'ETag')];
  if (numbers.length === 0 || numbers.length !== etags.length) throw new S3Refusal('MalformedXML');
  const parts = numbers.map((number, n) => {
    const part = upload.parts.get(number);
    if (part === undefined || part.etag !== etags[n]!.replaceAll('"', '')) throw new S3Refusal('InvalidPart');
    return part;
  });
  if (parts.slice(0, -1).some(({ body }) => body.length < SMALLEST_PART))
    throw new S3Refusal('EntityTooSmall');
  const etag = `${md5(...parts.map((part) => Buffer.from(part.etag, 'hex'))).toString('hex')}-${parts.length}`;
  const added = state.add(request.key!, {
    ...{ isMarker: false, body: Buffer.concat(parts.map(({ body }) => body)), etag, headers: upload.headers },
    ...{ modified: now, retainUntil: null, isHeld: false, thaw: 'none' as const },
  });
  state.uploads.delete(id);
  return xmlAnswer(
    `<CompleteMultipartUploadResult><Key>${xmlText(request.key!)}</Key><ETag>&quot;${etag}&quot;</ETag></CompleteMultipartUploadResult>`,
    versionHeader(state, added),
  );
}
