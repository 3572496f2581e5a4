import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ArchiveReport } from '../../lifecycle/archive/archive-report.ts';
import type { RetentionStatus } from '../../lifecycle/report/tier-report.ts';
import type { ArchivePlan } from '../../model/policy/archive-plan.ts';
import { shellLine, shellWord } from '../../operate/install/shell-words.ts';
import { LAUNCHER } from '../frame/launcher.ts';
import { renderArchivePlan } from '../moving/archive-plan-text.ts';
import { renderArchiveReport } from '../moving/archive-report-text.ts';
import { renderRetentionStatus } from '../retention/retention-status-text.ts';
import { formatCount, formatElapsed, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';
import { agree, combine, type Fingerprint } from './fingerprint.ts';
import type { WriterReport } from './writer.ts';

/** What the demonstration tells, step by step. */
export class Story {
  readonly #print: (text: string) => void;
  readonly #style: Style;
  readonly #width: number;
  #step = 0;

  constructor(print: (text: string) => void, style: Style, width: number) {
    this.#print = print;
    this.#style = style;
    this.#width = width;
  }

  opening(folder: string, rows: number, days: number): void {
    this.#print(`${formatCount(rows)} rows of ten agents over ${days} days, in ${folder}`);
  }

  database(status: RetentionStatus): void {
    this.#chapter('The database', 'firn retention status');
    this.#print(renderRetentionStatus(status, this.#style, this.#width));
  }

  plan(plan: ArchivePlan): void {
    this.#chapter('Preview', 'firn archive all --dry-run');
    this.#print(renderArchivePlan(plan, this.#style, { width: this.#width }));
  }

  archived(report: ArchiveReport, { ms, rows, medianMs, worstMs }: WriterReport): void {
    this.#chapter('Archive while another thread writes', 'firn archive all');
    this.#print(renderArchiveReport(report, this.#style, this.#width));
    this.#print(
      `\nIn the first ${formatElapsed(ms)}, another thread inserted ${plural(rows, 'row')} into the same database.\n` +
        `Insert time: median ${medianMs.toFixed(1)} ms, maximum ${worstMs.toFixed(1)} ms. Firn slows down for writers.`,
    );
  }

  look(archives: string, { tables }: ArchiveReport): void {
    const files = tables.find(({ table }) => table === 'tool_uses')?.archiveFiles ?? [];
    const file = files[Math.floor(files.length / 2)];
    if (file === undefined) return;
    this.#chapter('Read an archive file with standard tools');
    this.#print(`${this.#style.name(`$ zcat archives/${file} | head -n 1`)}`);
    const [line = ''] = gunzipSync(readFileSync(join(archives, file)))
      .toString()
      .split('\n', 1);
    for (const part of line.match(/.{1,76}/gu) ?? []) this.#print(`  ${part}`);
  }

  proof({ before, hot, archived }: Record<'before' | 'hot' | 'archived', Fingerprint>): void {
    this.#chapter('Verification');
    const rows: [string, Fingerprint][] = [
      ['database, before', before],
      ['database, now', hot],
      ['archives, now', archived],
    ];
    this.#print(
      renderTable(
        [{ title: '' }, { title: 'ROWS', align: 'right' }, { title: 'SUM OF SHA-256' }],
        rows.map(([where, { rows, sum }]) => [where, formatCount(rows), sum.toString(16).padStart(32, '0')]),
        this.#style,
      ),
    );
    const kept = agree(before, combine(hot, archived));
    this.#print(
      kept
        ? `\n${this.#style.good('✔')} Database and archives together have the same rows and values as before.`
        : `\n${this.#style.bad('✘')} The rows differ. This is a bug in Firn. Please report it.`,
    );
  }

  ending(folder: string, removed: boolean): void {
    if (removed) {
      this.#print(`\n${folder} was deleted.`);
      return;
    }
    this.#chapter('Next steps');
    const lines = [
      `export FIRN_CONFIG=${shellWord(join(folder, 'firn.config.yaml'))}`,
      // Not npx: in another folder than the clone it would look for a package of that name on npm.
      `alias firn=${shellWord(shellLine(['node', LAUNCHER]))}`,
      'firn archive all                    # nothing to archive',
      'firn archive all --older-than 0d    # archive the rest as well',
      'firn retention status               # rows and files in each tier',
      'firn search --table tool_uses --limit 5   # database and archives',
      'firn verify --deep                  # verify every archived byte',
      `rm -r ${shellWord(folder)}`,
    ];
    for (const line of lines) this.#print(`  ${line}`);
  }

  #chapter(title: string, commandLine?: string): void {
    this.#step += 1;
    this.#print(`\n${this.#style.heading(`${this.#step}  ${title}`)}`);
    if (commandLine !== undefined) this.#print(this.#style.name(`$ ${commandLine}`));
    this.#print('');
  }
}
