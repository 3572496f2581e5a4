import { spawn } from 'node:child_process';
import type { Milliseconds } from '../../model/instant.ts';
import type { Hook } from '../../model/policy/config.ts';

const TIMEOUT_MS = 30_000;
const LONGEST_WORDS = 500;

/**
 * Hands a message to a command's standard input, or POSTs it, as JSON. Resolves to null, or to what went wrong: a
 * hook that fails must be said, and must not fail the run. It is given 30 seconds.
 */
export async function callHook(
  { command, url }: Hook,
  message: object,
  timeoutMs: Milliseconds = TIMEOUT_MS,
): Promise<string | null> {
  const body = `${JSON.stringify(message)}\n`;
  if (command !== undefined) return await pipeInto(command, body, timeoutMs);
  if (url !== undefined) return await post(url, body, timeoutMs);
  return null;
}

async function post(url: string, body: string, timeoutMs: Milliseconds): Promise<string | null> {
  try {
    const headers = { 'content-type': 'application/json', 'user-agent': 'firn' };
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: 'POST', body, headers, signal });
    await response.body?.cancel();
    return response.ok ? null : `${url} answered ${response.status} ${response.statusText}`.trim();
  } catch (error) {
    const cause = (error as Error).cause;
    return `${url}: ${cause instanceof Error ? cause.message : (error as Error).message}`;
  }
}

function pipeInto(command: string, body: string, timeoutMs: Milliseconds): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], {
      stdio: ['pipe', 'ignore', 'pipe'],
      // A group of its own, so that what the shell started ends with it.
      detached: true,
    });
    let said = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      killGroup(child.pid);
    }, timeoutMs);
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < LONGEST_WORDS) said += chunk.toString();
    });
    // A command need not read what it is told.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => settle(error.message));
    child.on('close', (code, signal) => {
      if (late) settle(`was stopped after ${timeoutMs / 1000} s`);
      else if (code === 0) settle(null);
      else settle(`ended with ${signal ?? `status ${code}`}${said === '' ? '' : `: ${said.trim()}`}`);
    });
    child.stdin.end(body);

    function settle(problem: string | null): void {
      clearTimeout(timer);
      resolve(problem === null ? null : `\`${command}\` ${problem}`.slice(0, LONGEST_WORDS));
    }
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  spawn('/bin/kill', ['-s', 'KILL', '--', `-${pid}`], { stdio: 'ignore' }).on('error', () => undefined);
}
