/** What the words of a column's name say about the times in it. */
export interface NameHint {
  /** How well the name fits the time of a row; 0 when it speaks of no time. */
  readonly fit: number;
  /** Such a time changes during the life of a row, or lies in its future. */
  readonly changing: boolean;
}

/** Words for the time of an event, for the birth of a row, for a beginning, and for any time. */
const WORDS: readonly (readonly [fit: number, words: RegExp])[] = [
  [4.5, /^(timestamp|ts|time|datetime|epoch)$/],
  [4, /^(created?|creation|added|inserted|logged|occurred|recorded|received|sent|emitted|event)$/],
  [3.5, /^(start|started|begin|began|begun|opened)$/],
  [1, /^(at|on|date|day|timestamp|ts|time|datetime|epoch|unix|utc|when|z?(date|time))$/],
];

/** Words of one meaning that do not make an event's time when they stand beside others. */
const UNITS = /^(ms|us|ns|sec|secs|seconds|utc|unix|gmt|iso|col|column|field|value|\d+)$/;
const CHANGING =
  /^(updat\w*|modif\w*|chang\w*|delet\w*|expir\w*|due|last|latest|end|ended|finish\w*|complet\w*|clos\w*|next|read|seen|access\w*|until|valid|scheduled|retry|resolved|stopped|archived|birth|born)$/;

/** Whether it names the time of the latest change; `finished_at` is written once. */
export function isOfLastChange(name: string): boolean {
  return wordsOf(name).some((word) => /^(updat\w*|modif\w*|chang\w*|last|latest)$/.test(word));
}

/** Judges a name by its words: `time_created`, `createdAt` and `CREATED_TS` say the same; `permission` says nothing. */
export function nameHint(name: string): NameHint {
  const words = wordsOf(name);
  const changing = words.some((word) => CHANGING.test(word));
  const essential = words.filter((word) => !UNITS.test(word));
  const [event, birth, start, any] = WORDS as [(typeof WORDS)[0], ...(typeof WORDS)[number][]];
  const has = ([, pattern]: (typeof WORDS)[number]) => words.some((word) => pattern.test(word));
  if (essential.length === 1 && event[1].test(essential[0]!)) return { fit: event[0], changing };
  // `event_type` or `start_line` name no time; `event_time`, `started` and `created` do.
  const timed = has(any!) || essential.every((word) => /(ed|un)$/.test(word)) || words.includes('unix');
  if (has(birth!) && timed) return { fit: birth![0], changing };
  if (has(start!) && timed) return { fit: start![0], changing };
  if (has(any!)) return { fit: any![0], changing };
  // `firstSeen`, `applied`, `dateRemoved`: something happened then, if the values say so.
  return { fit: words.some((word) => HAPPENED.test(word)) ? 0.5 : 0, changing };
}

const HAPPENED = /^([a-z]{3,}ed|seen|sent|begun|run|visit|query|login)$/;

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
