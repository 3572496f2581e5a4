import type { Milliseconds } from '../model/instant.ts';
/** `1,234,567` */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Three digits that count, in powers of 1000: `0 B`, `999 B`, `1.23 kB`, `45.6 MB`. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let size = bytes;
  while (size >= 999.5 && unit < BYTE_UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(size) : threeDigits(size)} ${BYTE_UNITS[unit]}`;
}

function threeDigits(size: number): string {
  if (size >= 99.95) return size.toFixed(0);
  return size.toFixed(size >= 9.995 ? 1 : 2);
}

/** `1 record`, `2 records` */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** How long something took or will take: `0 ms`, `840 ms`, `3.2 s`, `4 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatElapsed(ms: Milliseconds): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  return (
    inTwo(seconds, 60, 'min', 's') ??
    inTwo(seconds / 60, 60, 'h', 'min') ??
    `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`
  );
}

/** `value` small units as large and small ones; null when the next pair of units says it better. */
function inTwo(value: number, size: number, large: string, small: string): string | null {
  const whole = Math.round(value);
  const most = large === 'h' ? 24 : 60;
  if (whole >= size * most) return null;
  const rest = whole % size;
  const first = `${Math.floor(whole / size)} ${large}`;
  return rest === 0 ? first : `${first} ${rest} ${small}`;
}

/** How many times smaller: `5.2x`; a dash where there is nothing to compare. */
export function formatRatio(raw: number, packed: number): string {
  return packed === 0 ? '–' : `${(raw / packed).toFixed(1)}x`;
}
