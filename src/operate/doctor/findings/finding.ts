/**
 * ok: looked at, and nothing to say. note: a fact worth knowing, nothing has to be done. warning: works now, and somebody should change it.
 * problem: archiving does not work as it should, or data is at risk.
 */
export type Severity = 'ok' | 'note' | 'warning' | 'problem';

/** The worst first. */
export const SEVERITIES: readonly Severity[] = ['problem', 'warning', 'note', 'ok'];

/** What is looked at, in the order of the report. */
export const CHECKS = [
  'program',
  'configuration',
  'database',
  'archive',
  'bucket',
  'permissions',
  'disk',
  'schedule',
  'lock',
  'times',
  'references',
  'triggers',
  'unmanaged',
] as const;

export type Check = (typeof CHECKS)[number];

/** One thing that was found, in one sentence, and what to do about it. */
export interface Finding {
  readonly check: Check;
  readonly severity: Severity;
  /** The table, file, job or segment that it is about; null for the whole. */
  readonly subject: string | null;
  readonly message: string;
  /** Null where nothing has to be done. */
  readonly remedy: string | null;
  /** The words of the firn command that is the remedy, without `firn`; null where no command is enough. */
  readonly command: readonly string[] | null;
}

interface Details {
  readonly subject?: string;
  readonly remedy?: string;
  readonly command?: readonly string[];
}

/** A finding, with the command as its remedy where it has no other. */
export function found(check: Check, severity: Severity, message: string, details: Details = {}): Finding {
  const { subject = null, command = null } = details;
  const remedy = details.remedy ?? (command === null ? null : `Run: firn ${command.join(' ')}`);
  return { check, severity, subject, message, remedy, command };
}

/** What a check found; where that is nothing, that it is well. */
export function orOk(findings: readonly Finding[], check: Check, message: string): readonly Finding[] {
  return findings.length === 0 ? [found(check, 'ok', message)] : findings;
}

/** Whether somebody should do something. */
export function needsPerson(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'warning' || severity === 'problem');
}
