import { FirnError } from '../../../model/errors.ts';
import { addressOf } from '../requests/s3-address.ts';
import type { S3Client } from '../requests/s3-client.ts';
import { childText, parseXml, type XmlElement } from '../requests/s3-xml.ts';
import { decodeKey } from './decode-key.ts';

/** A list that a server gives in pages. */
interface PagedList {
  /** The root of a page's XML. */
  readonly root: string;
  readonly prefix: string;
  /** What selects the list. */
  readonly query: Readonly<Record<string, string>>;
  /** The element that says where the next page begins, by the parameter that asks for it. The first one decides whether the list goes on. */
  readonly next: Readonly<Record<string, string>>;
}

/**
 * The pages of a list, one request for each. Throws `unavailable` for a page that is cut short and does not say where the next one
 * begins: a part of a list must not pass as the whole.
 */
export async function* listPages(
  client: S3Client,
  { root, prefix, query, next }: PagedList,
  operation: string,
): AsyncGenerator<XmlElement> {
  const address = addressOf(client.location, prefix);
  let from: Readonly<Record<string, string>> = {};
  for (;;) {
    const all = { ...query, prefix, 'encoding-type': 'url', ...from };
    const answer = await client.send({ method: 'GET', key: null, query: all, operation });
    const page = parseXml(await answer.body(), root, operation, address);
    yield page;
    if (childText(page, 'IsTruncated') !== 'true') return;
    const following = Object.fromEntries(
      Object.entries(next).map(([parameter, element]) => [parameter, markerOf(page, parameter, element)]),
    );
    const [marker] = Object.values(following);
    if (marker === '' || JSON.stringify(following) === JSON.stringify(from))
      throw cutShort(operation, address);
    from = following;
  }
}

function markerOf(page: XmlElement, parameter: string, element: string): string {
  const text = childText(page, element);
  return parameter === 'key-marker' ? decodeKey(text) : text;
}

function cutShort(operation: string, path: string): FirnError {
  return new FirnError('unavailable', 'the server cut its list short but gives no marker for the rest', {
    ...{ operation, path },
    hint: 'Nothing was changed because of it. Run again; if it happens again, the server is not compatible with S3.',
  });
}
