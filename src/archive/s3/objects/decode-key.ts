/** A key as servers write it into a list: escaped, as XML cannot hold every character. */
export function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}
