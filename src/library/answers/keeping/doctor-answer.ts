import type { Examined } from '../../../operate/doctor/examine.ts';
import {
  type Finding,
  needsPerson,
  SEVERITIES,
  type Severity,
} from '../../../operate/doctor/findings/finding.ts';

/** What an examination of the installation found: the JSON of `firn doctor`. */
export interface DoctorAnswer {
  /** UTC ISO 8601. */
  readonly as_of: string;
  /** True when there is a warning or a problem. */
  readonly needs_attention: boolean;
  readonly counts: Readonly<Record<Severity, number>>;
  /** `command` begins with `firn`. */
  readonly findings: readonly Finding[];
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
