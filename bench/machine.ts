import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';

/** What figures were measured on: ratios travel between machines, times do not. */
export interface Machine {
  /** `2 × Intel(R) Xeon(R) Processor, 23 GiB`. */
  readonly hardware: string;
  /** System and programs, with their versions. */
  readonly software: string;
}

export function thisMachine(): Machine {
  const processors = cpus();
  return {
    hardware: `${processors.length} × ${processors[0]?.model.trim() ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    software: [
      `${type()} ${release()}`,
      `Node ${process.versions.node}`,
      `SQLite ${process.versions.sqlite}`,
      ...['sqlite3', 'gzip', 'pigz'].map(version),
    ].join(', '),
  };
}

function version(program: string): string {
  const { stdout, stderr, error } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (error !== undefined) return `no ${program}`;
  return `${program} ${/\d+\.\d+(\.\d+)?/.exec(`${stdout}${stderr}`)?.[0] ?? '?'}`;
}
