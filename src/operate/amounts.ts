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
