import type { LifecycleAction, LifecycleRule } from '../../../archive/bucket/bucket-checkup.ts';
import { isFrozenClass } from '../../../archive/bucket/storage-classes.ts';
import type { S3Location } from '../../../model/location.ts';
import { type Finding, found, type Severity } from '../findings/finding.ts';

/** What the keys of an archive begin with, behind its prefix. */
const WARM = ['warm/', 'archive.json', 'lineage.json', 'journal/', 'erasures/'];
const ALL = [...WARM, 'cold/', 'quarantine/'];

/** Lifecycle rules that delete or move what Firn keeps below its prefix. Firn itself deletes what is over. */
export function judgeLifecycle(rules: readonly LifecycleRule[], { prefix }: S3Location): readonly Finding[] {
  const root = prefix === '' ? '' : `${prefix}/`;
  return rules.flatMap((rule) => {
    const touches = (starts: readonly string[]): boolean =>
      starts.some((start) => (root + start).startsWith(rule.prefix) || rule.prefix.startsWith(root + start));
    if (!touches(ALL)) return [];
    return rule.actions.flatMap((action) => judgeAction(action, rule, touches(WARM)));
  });
}

function judgeAction(
  { kind, when, storageClass }: LifecycleAction,
  rule: LifecycleRule,
  touchesWarm: boolean,
): readonly Finding[] {
  const which = objectsOf(rule);
  // Firn sets no tags: such a rule applies only to what others have marked.
  const tagged = rule.tags.length > 0;
  const say = (severity: Severity, what: string, remedy?: string): Finding[] => [
    found(
      'bucket',
      tagged && severity !== 'note' ? 'note' : severity,
      `rule ${JSON.stringify(rule.id)} ${what}`,
      {
        subject: 'lifecycle',
        ...(remedy === undefined ? {} : { remedy }),
      },
    ),
  ];
  switch (kind) {
    case 'expire':
      return say(
        'problem',
        `deletes ${which} ${when}: archived rows are lost then`,
        'Remove the rule or exclude the prefix of the archives. How long rows are kept is the policy of each table (cold).',
      );
    case 'expire_older_versions':
      return say(
        'note',
        `deletes older versions of ${which} ${when}; what others delete by mistake can be brought back until then`,
      );
    case 'move':
      if (!isFrozenClass(storageClass)) return [];
      return say(
        touchesWarm ? 'problem' : 'warning',
        `moves ${which} to ${storageClass} ${when}: they cannot be read there until they are thawed${touchesWarm ? ', and every run needs some of them' : ''}`,
        touchesWarm
          ? 'Limit the rule to the cold tier (the prefix of the archives and cold/), or use STANDARD_IA or GLACIER_IR.'
          : 'To read them, run: firn restore --thaw. STANDARD_IA and GLACIER_IR need no thaw.',
      );
    case 'move_older_versions':
      return [];
    case 'unknown':
      return say(
        'note',
        `has an action that Firn does not know (${when}) for ${which}`,
        'Check that it neither deletes nor moves archives.',
      );
  }
}

function objectsOf({ prefix, tags, sizes }: LifecycleRule): string {
  const limits = [
    ...(prefix === '' ? [] : [`under ${prefix}`]),
    ...(tags.length === 0 ? [] : [`with the tag ${tags.join(' and ')}`]),
    ...(sizes === '' ? [] : [sizes]),
  ];
  return limits.length === 0 ? 'all objects' : `objects ${limits.join(', ')}`;
}
