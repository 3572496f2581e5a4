import type { LifecycleAction, LifecycleRule } from '../../bucket/bucket-checkup.ts';
import { childrenOf, childText, type XmlElement } from '../requests/s3-xml.ts';

/** The enabled rules of a lifecycle configuration. */
export function readLifecycle(configuration: XmlElement): readonly LifecycleRule[] {
  return childrenOf(configuration, 'Rule')
    .filter((rule) => childText(rule, 'Status') !== 'Disabled')
    .map(readRule);
}

function readRule(rule: XmlElement, at: number): LifecycleRule {
  const [filter = ''] = childrenOf(rule, 'Filter');
  const [and = ''] = childrenOf(filter, 'And');
  // What limits a rule is in the filter, in an And of it, or, as in old configurations, the prefix beside it.
  const limits = [rule, filter, and];
  const first = (name: string): string =>
    limits.map((one) => childText(one, name)).find((text) => text !== '') ?? '';
  const [larger, smaller] = [first('ObjectSizeGreaterThan'), first('ObjectSizeLessThan')];
  return {
    id: childText(rule, 'ID') || `number ${at + 1}`,
    prefix: first('Prefix'),
    tags: [filter, and]
      .flatMap((one) => childrenOf(one, 'Tag'))
      .map((tag) => `${childText(tag, 'Key')}=${childText(tag, 'Value')}`),
    sizes: [
      ...(larger === '' ? [] : [`larger than ${larger} bytes`]),
      ...(smaller === '' ? [] : [`smaller than ${smaller} bytes`]),
    ].join(' and '),
    actions: readActions(rule),
  };
}

/** What a rule has besides actions (`#text` is white space), and the one action that is always welcome. */
const OTHERS = ['#text', 'ID', 'Status', 'Prefix', 'Filter', 'AbortIncompleteMultipartUpload'];

function readActions(rule: XmlElement): LifecycleAction[] {
  if (typeof rule === 'string') return [];
  return Object.entries(rule).flatMap(([name, elements]) =>
    OTHERS.includes(name) ? [] : elements.flatMap((element) => readAction(name, element)),
  );
}

function readAction(name: string, element: XmlElement): LifecycleAction[] {
  const storageClass = childText(element, 'StorageClass');
  switch (name) {
    case 'Expiration': {
      // Removes markers that no version is behind: nothing that anybody could read.
      const onlyMarkers = childText(element, 'ExpiredObjectDeleteMarker') === 'true';
      if (onlyMarkers && whenOf(element) === '') return [];
      return [{ kind: 'expire', when: whenOf(element), storageClass: '' }];
    }
    case 'NoncurrentVersionExpiration':
      return [{ kind: 'expire_older_versions', when: whenOf(element), storageClass: '' }];
    case 'Transition':
      return [{ kind: 'move', when: whenOf(element), storageClass }];
    case 'NoncurrentVersionTransition':
      return [{ kind: 'move_older_versions', when: whenOf(element), storageClass }];
    default:
      return [{ kind: 'unknown', when: name, storageClass: '' }];
  }
}

function whenOf(element: XmlElement): string {
  const days = childText(element, 'Days') || childText(element, 'NoncurrentDays');
  if (days !== '') return `after ${days} ${days === '1' ? 'day' : 'days'}`;
  const date = childText(element, 'Date');
  return date === '' ? '' : `on ${date.slice(0, 'YYYY-MM-DD'.length)}`;
}
