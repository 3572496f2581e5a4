import { isPattern, patternProblem } from './time-pattern.ts';
import { isUnitName, UNIT_NAMES } from './time-units.ts';

/** How the values of a time column are read: `auto`, the name of a unit (`time-units.ts`), or a pattern (`time-pattern.ts`). */
export type TimeFormat = string;

/** Where the time of a row is: a policy is one, and so is the footer of a segment. */
export interface TimeSource {
  readonly timeColumn: string;
  /** Missing: `auto`. */
  readonly timeFormat?: TimeFormat | undefined;
}

export const AUTO: TimeFormat = 'auto';

/** What is wrong with a format; null when nothing is. */
export function timeFormatProblem(format: string): string | null {
  if (format === AUTO || isUnitName(format)) return null;
  if (isPattern(format)) return patternProblem(format);
  return `${JSON.stringify(format)} is not a time format. Use auto, ${UNIT_NAMES.join(', ')}, or a pattern such as DD.MM.YYYY HH:mm:ss.`;
}
