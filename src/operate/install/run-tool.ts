import { spawn } from 'node:child_process';
import { FirnError } from '../../model/errors.ts';

/** What a program of the system answered. */
export interface ToolAnswer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the system to its end. Throws `not_found` when it is not installed. */
export function runTool(
  words: readonly [string, ...string[]],
  env: Readonly<Record<string, string | undefined>>,
  stdin = '',
): Promise<ToolAnswer> {
  const [tool, ...rest] = words;
  return new Promise((resolve, reject) => {
    const child = spawn(tool, rest, { env: { ...env, LC_ALL: 'C' }, stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdin.on('error', () => undefined);
    child.on('error', (cause) => reject(notThere(tool, cause)));
    child.on('close', (code) => resolve({ status: code ?? 1, stdout, stderr }));
    child.stdin.end(stdin);
  });
}

/** The same; throws `io` with what the program said when its status is not 0. */
export async function mustRun(
  words: readonly [string, ...string[]],
  env: Readonly<Record<string, string | undefined>>,
  stdin = '',
): Promise<string> {
  const { status, stdout, stderr } = await runTool(words, env, stdin);
  if (status === 0) return stdout;
  throw new FirnError('io', `${stderr.trim() || `it ended with exit code ${status}`}`, {
    operation: `run \`${words.join(' ')}\``,
  });
}

function notThere(tool: string, cause: Error): FirnError {
  return new FirnError('not_found', cause.message, {
    operation: `run ${tool}`,
    path: tool,
    hint: 'Check if it is installed. firn run works without cron and systemd.',
    cause,
  });
}
