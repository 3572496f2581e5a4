import type { Examined } from '../../operate/doctor/examine.ts';
import { type Finding, needsPerson, SEVERITIES } from '../../operate/doctor/findings/finding.ts';
import { plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { wrapText } from '../terminal/text.ts';

const CHECK_WIDTH = 15;
const SEVERITY_WIDTH = 9;
const INDENT = 2 + SEVERITY_WIDTH + CHECK_WIDTH;

/** A line for each finding, wrapped, with its remedy below, and how many there are. */
export function renderExamined({ findings, asOf }: Examined, style: Style, width: number): string {
  const lines = together(findings).flatMap((finding) => findingLines(finding, style, width));
  return [...lines, '', conclusion(findings, style), style.faint(`As of ${asOf}`)].join('\n');
}

/** Checks one after the other that say the same, such as why they were not made, share a line. */
function together(findings: readonly Finding[]): Shown[] {
  const shown: Shown[] = [];
  for (const finding of findings) {
    const last = shown.at(-1);
    const isSame = last?.message === finding.message && finding.subject === null && finding.remedy === null;
    if (last !== undefined && isSame) last.checks.push(finding.check);
    else shown.push({ ...finding, checks: [finding.check] });
  }
  return shown;
}

type Shown = Finding & { readonly checks: string[] };

function findingLines(
  { checks, severity, subject, message, remedy }: Shown,
  style: Style,
  width: number,
): string[] {
  const paint = { ok: style.good, note: style.name, warning: style.warning, problem: style.bad }[severity];
  const room = Math.max(30, width - INDENT);
  const blank = ' '.repeat(INDENT);
  // Those of the schedule name the job themselves.
  const withSubject = subject === null || checks[0] === 'schedule' ? message : `${subject}: ${message}`;
  const also = checks.length === 1 ? '' : ` (also: ${checks.slice(1).join(', ')})`;
  const [first = '', ...more] = wrapText(withSubject + also, room);
  return [
    `  ${paint(severity.padEnd(SEVERITY_WIDTH))}${checks[0]!.padEnd(CHECK_WIDTH)}${first}`,
    ...more.map((line) => blank + line),
    ...(remedy === null
      ? []
      : wrapText(remedy, room - 2).map((line, at) => `${blank}${at === 0 ? '→ ' : '  '}${line}`)),
  ];
}

function conclusion(findings: readonly Finding[], style: Style): string {
  const counts = SEVERITIES.filter((severity) => severity !== 'ok').flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [plural(count, severity)];
  });
  if (counts.length === 0) return style.good('Everything is ok.');
  const words = `${counts.join(', ')}.`;
  return needsPerson(findings) ? style.warning(words) : words;
}
