import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a command wrote to its terminal: text, and the milliseconds that passed before it. */
export interface Written {
  readonly after: number;
  readonly text: string;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Runs a command line on a terminal of its own, by util-linux's `script`, and gives what it wrote, in order. */
export async function recordCommand(
  commandLine: string,
  { columns, rows }: TerminalSize,
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Written[]> {
  const folder = mkdtempSync(join(tmpdir(), 'firn-recording-'));
  const [output, timing] = [join(folder, 'output'), join(folder, 'timing')];
  try {
    const sized = `stty cols ${columns} rows ${rows}; ${commandLine}`;
    const child = spawn('script', ['-qec', sized, '-m', 'classic', '-T', timing, '-O', output], {
      cwd,
      env,
      stdio: 'ignore',
    });
    const status = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (status !== 0) throw new Error(`${commandLine} ended with ${status}`);
    return written(readFileSync(output), readFileSync(timing, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Joins the bytes with the times: `SECONDS BYTES` for each write. `script` puts a line of its own at the start. */
function written(output: Buffer, timing: string): Written[] {
  let at = output.indexOf('\n') + 1;
  const decoder = new TextDecoder();
  return timing
    .trim()
    .split('\n')
    .map((line) => {
      const [seconds, bytes] = line.split(' ').map(Number) as [number, number];
      const text = decoder.decode(output.subarray(at, at + bytes), { stream: true });
      at += bytes;
      return { after: seconds * 1000, text };
    });
}
