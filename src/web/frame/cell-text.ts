/** Bytes of a BLOB that are shown. */
const MOST_BLOB = 4096;

/** A value of a row in a command's JSON as text; null for NULL. BLOBs, and text that is not UTF-8, are hexadecimal. */
export function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') return String(value);
  const [[kind, inner] = []] = Object.entries(value);
  if (kind === '$blob' || kind === '$text') return hexadecimal(String(inner), kind);
  return kind === '$real' ? String(inner) : JSON.stringify(value);
}

function hexadecimal(base64: string, kind: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const digits = bytes.subarray(0, MOST_BLOB).toString('hex');
  const more = bytes.length > MOST_BLOB ? `… (${bytes.length} bytes)` : '';
  return kind === '$blob' ? `x'${digits}'${more}` : `\\x${digits}${more}`;
}
