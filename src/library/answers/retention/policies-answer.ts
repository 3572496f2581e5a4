import { DAY_MS } from '../../../model/duration.ts';
import { type Compression, DEFAULT_LEVEL } from '../../../model/policy/compression.ts';
import type { Policy, PolicySet } from '../../../model/policy/policy.ts';
import type { Span } from '../../../model/policy/span.ts';
import { spanOfPolicy, totalDays } from '../../../model/policy/thresholds.ts';
import { AUTO } from '../../../model/time/time-format.ts';
import { type PolicyDays, policyDays } from '../moving/plan-answer.ts';

/** The policy of each managed table, by its name: the JSON of `firn retention policy`. */
export type PoliciesAnswer = Readonly<Record<string, PolicyAnswer>>;

/** The retention policy of one table. */
export interface PolicyAnswer extends PolicyDays {
  /** Hot, warm and cold time together, in days. */
  readonly total_days: number;
  readonly timestamp_column: string;
  readonly time_format: string;
  readonly group: string | null;
  /** SQL condition of unfinished rows; null when there is none. */
  readonly open_while: string | null;
  readonly lookup_keys: readonly string[];
  readonly compression: Compression;
  /** 1 to 9; null when nothing is compressed. */
  readonly compression_level: number | null;
  /** How much time one archive file covers. */
  readonly span: Span;
  /** Hot times by value; null: such rows never leave. */
  readonly hot_rules: readonly { readonly where: string; readonly hot_days: number | null }[];
  /** So many of the newest rows never leave. */
  readonly keep_last: number;
  readonly open_until: 'hot_and_warm' | 'never';
  /** The parent table of a child, and the columns with the key of the parent row; null and none for a table of its own. */
  readonly with: string | null;
  readonly by: readonly string[];
  /** Whether a row stays while a remaining row refers to it. */
  readonly references: 'keep' | 'ignore';
  /** Whether `DELETE` triggers may write to tables. */
  readonly triggers: 'refuse' | 'allow';
}

/** The policies in the shape of Firn's JSON. @internal */
export function policiesJson({ policies }: PolicySet): PoliciesAnswer {
  return Object.fromEntries([...policies.values()].map((policy) => [policy.table, policyJson(policy)]));
}

function policyJson(policy: Policy): PolicyAnswer {
  return {
    ...policyDays(policy),
    total_days: totalDays(policy),
    timestamp_column: policy.timeColumn,
    time_format: policy.timeFormat ?? AUTO,
    group: policy.group,
    open_while: policy.openWhile,
    lookup_keys: policy.lookupKeys,
    compression: policy.compression,
    compression_level: levelOf(policy),
    span: spanOfPolicy(policy),
    hot_rules: (policy.hotRules ?? []).map(({ where, hotMs }) => {
      return { where, hot_days: hotMs === null ? null : hotMs / DAY_MS };
    }),
    keep_last: policy.keepLast ?? 0,
    open_until: policy.openUntil ?? 'hot_and_warm',
    with: policy.with?.parent ?? null,
    by: policy.with?.by ?? [],
    references: policy.references ?? 'ignore',
    triggers: policy.triggers ?? 'refuse',
  };
}

function levelOf({ compression, compressionLevel }: Policy): number | null {
  return compression === 'none' ? null : (compressionLevel ?? DEFAULT_LEVEL[compression]);
}
