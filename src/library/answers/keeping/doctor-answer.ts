import type { Examined } from '../../../operate/doctor/examine.ts';
import { type Check, needsPerson, SEVERITIES, type Severity } from '../../../operate/doctor/finding.ts';

/** What an examination of the installation found: the JSON of `firn doctor`. */
export interface DoctorAnswer {
  /** UTC ISO 8601. */
  readonly as_of: string;
  /** True when there is a warning or a problem. */
  readonly needs_attention: boolean;
  readonly counts: Readonly<Record<Severity, number>>;
  readonly findings: readonly {
    readonly check: Check;
    readonly severity: Severity;
    /** The table, file, job or segment that it is about; null for the whole. */
    readonly subject: string | null;
    readonly message: string;
    /** What to do; null where nothing has to be done. */
    readonly remedy: string | null;
    /** The words of the command that is the remedy; null where no command is enough. */
    readonly command: readonly string[] | null;
  }[];
}

/** The findings in the shape of Firn's JSON. @internal */
export function examinedJson({ asOf, findings }: Examined): DoctorAnswer {
  const count = (severity: Severity): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return {
    as_of: asOf,
    needs_attention: needsPerson(findings),
    counts: Object.fromEntries(SEVERITIES.map((severity) => [severity, count(severity)])) as Record<
      Severity,
      number
    >,
    findings: findings.map(({ check, severity, subject, message, remedy, command }) => ({
      ...{ check, severity, subject, message, remedy },
      command: command === null ? null : ['firn', ...command],
    })),
  };
}
