import { FirnError } from '../../../model/errors.ts';

/*
 * Fields of a form as words of a command. A value never becomes an option of its own: what follows an option is written into the same
 * word (`--reason=-x`), and a positional word must not begin with a hyphen.
 */

const LONGEST = 2000;

/** `--name=value`, or nothing for an empty field. */
export function option(form: URLSearchParams, name: string, as: string = name): string[] {
  const value = checked(name, form.get(name) ?? '');
  return value === '' ? [] : [`--${as}=${value}`];
}

export function requiredOption(form: URLSearchParams, name: string, as: string = name): string[] {
  const words = option(form, name, as);
  if (words.length === 0) throw fault(name, 'is missing');
  return words;
}

/** `--name=value` for each value and for each line of one. */
export function repeatedOption(form: URLSearchParams, name: string): string[] {
  return form
    .getAll(name)
    .flatMap((text) => text.split(/\r?\n/))
    .map((line) => checked(name, line))
    .filter((line) => line !== '')
    .map((line) => `--${name}=${line}`);
}

/** A word that stands by itself, such as the name of a table. */
export function word(form: URLSearchParams, name: string): string {
  const value = checked(name, form.get(name) ?? '');
  if (value === '') throw fault(name, 'is missing');
  if (value.startsWith('-')) throw fault(name, 'begins with a hyphen');
  return value;
}

export function matching(form: URLSearchParams, name: string, pattern: RegExp, what: string): string {
  const value = word(form, name);
  if (!pattern.test(value)) throw fault(name, `is not ${what}`);
  return value;
}

export function flagOption(form: URLSearchParams, name: string): string[] {
  return form.get(name) === 'on' ? [`--${name}`] : [];
}

function checked(name: string, text: string): string {
  const value = text.trim();
  if (value.length > LONGEST) throw fault(name, `is longer than ${LONGEST} characters`);
  if (/[\x00-\x1f\x7f]/.test(value)) throw fault(name, 'has control characters');
  return value;
}

function fault(name: string, why: string): FirnError {
  return new FirnError('usage', `the field "${name}" ${why}`, {
    operation: 'read the form',
    hint: 'Go back and correct it.',
  });
}
