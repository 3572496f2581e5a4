import { XMLParser } from 'fast-xml-parser';
import { FirnError } from '../../../model/errors.ts';

/** An element: its text, or its children by name. One that comes several times is a list of lists. */
export type XmlElement = string | { readonly [name: string]: readonly XmlElement[] };

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  trimValues: false,
  // Every name is a list, so that one and many are read alike.
  isArray: () => true,
});

/** The element below the root that has this name. Throws `unavailable` for an answer that is no such XML: something between may have answered. */
export function parseXml(body: Uint8Array, root: string, operation: string, path: string): XmlElement {
  let parsed: Record<string, readonly XmlElement[]> = {};
  try {
    parsed = parser.parse(Buffer.from(body).toString('utf8'), true);
  } catch {
    // Its message has a piece of the answer.
  }
  const found = parsed[root]?.[0];
  if (found !== undefined) return found;
  throw new FirnError('unavailable', `the answer is not the XML that was asked for (${root})`, {
    ...{ operation, path },
    hint: 'Check that the endpoint of the location is that of an S3 server, and run again.',
  });
}

/** The children of this name. */
export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return typeof element === 'string' || !Object.hasOwn(element, name) ? [] : element[name]!;
}

/** The text of the first child of this name; '' when there is none. */
export function childText(element: XmlElement, name: string): string {
  const [first] = childrenOf(element, name);
  return typeof first === 'string' ? first : '';
}

/** The text of the first element of this name anywhere, of an error's short answer; '' when there is none. */
export function textOf(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]{0,1000})</${name}>`).exec(xml)?.[1] ?? '';
}
