import { FirnError } from '../../model/errors.ts';
import type { Style } from '../terminal/style.ts';
import { visible } from '../terminal/visible.ts';
import { EXIT, exitStatusOf } from './exit-status.ts';

/** The exit status that this failure ends the program with. */
export function statusOf(failure: unknown): number {
  const error = firstOf(failure);
  return error instanceof FirnError ? exitStatusOf(error.code) : EXIT.failed;
}

/** What failed, where, why and what next; the stack (and its causes') only when asked for. */
export function renderFailure(failure: unknown, style: Style, withStack: boolean): string {
  const error = firstOf(failure);
  const lines = error instanceof FirnError ? explain(error, style) : surprise(error, style, withStack);
  if (withStack) lines.push(style.faint(visible(stackOf(failure))));
  return `${lines.join('\n')}\n`;
}

/** The same for programs: what a command prints with --json when it fails before it has an answer. */
export function failureJson(failure: unknown): string {
  return `${JSON.stringify({ error: failureFacts(failure) }, null, 2)}\n`;
}

/** What failed, where, why and what next, as data. */
export function failureFacts(failure: unknown): object {
  const error = firstOf(failure);
  const { code, operation, path, hint } = error instanceof FirnError ? error : ({} as Partial<FirnError>);
  const message = error instanceof Error ? error.message : String(error);
  return {
    ...{ code: code ?? 'unexpected', message, operation: operation || null },
    ...{ path: path ?? null, hint: hint ?? null, exit_status: statusOf(failure) },
  };
}

/** What failed first: what fails while it is cleaned up after is its consequence, as a rule (a full disk). */
function firstOf(failure: unknown): unknown {
  return failure instanceof SuppressedError ? firstOf(failure.suppressed) : failure;
}

function explain(error: FirnError, style: Style): string[] {
  const message = visible(error.message);
  const what = error.operation === '' ? message : `could not ${error.operation}: ${message}`;
  const lines = [`${style.bad('error:')} ${what}`];
  if (error.path !== undefined) lines.push(`  ${style.faint('where')}  ${visible(error.path)}`);
  if (error.hint !== undefined) lines.push(`  ${style.faint('next ')}  ${visible(error.hint)}`);
  return lines;
}

function surprise(error: unknown, style: Style, withStack: boolean): string[] {
  const why = visible(error instanceof Error ? error.message : String(error));
  const lines = [`${style.bad('error:')} unexpected error: ${why}`];
  if (!withStack)
    lines.push(
      `  ${style.faint('next ')}  Run again with --verbose to see the stack trace, and report it as a bug.`,
    );
  return lines;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  if (error instanceof SuppressedError)
    return `${stackOf(error.suppressed)}\nafterwards ${stackOf(error.error)}`;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}
