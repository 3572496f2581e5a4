import { styleText } from 'node:util';

/** How words of a kind look. Without colour each function returns its text unchanged. */
export interface Style {
  readonly heading: (text: string) => string;
  readonly name: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly bad: (text: string) => string;
  /** What was searched for; also within a text of another style. */
  readonly match: (text: string) => string;
}

type Format = Parameters<typeof styleText>[0];

function styled(format: Format): (text: string) => string {
  return (text) => styleText(format, text, { validateStream: false });
}

const COLOURED: Style = {
  heading: styled('bold'),
  name: styled('cyan'),
  faint: styled('dim'),
  good: styled('green'),
  warning: styled('yellow'),
  bad: styled('red'),
  match: styled('inverse'),
};

const same = (text: string): string => text;

export const PLAIN: Style = {
  ...{ heading: same, name: same, faint: same, good: same, warning: same, bad: same, match: same },
};

/** Whether colour is wanted: FORCE_COLOR decides, then NO_COLOR (https://no-color.org), then the terminal. */
export function wantsColour(
  stream: { readonly isTTY: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR) return false;
  return stream.isTTY && env.TERM !== 'dumb';
}

export function styleFor(
  stream: { readonly isTTY: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Style {
  return wantsColour(stream, env) ? COLOURED : PLAIN;
}
