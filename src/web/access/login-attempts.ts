/** Slows down whoever guesses passwords. */
export interface Attempts {
  allowed(): boolean;
  failed(): void;
}

const MOST_FAILURES = 10;
const WINDOW_MS = 60_000;

/** At most ten wrong passwords a minute, whoever sends them. */
export function attemptsFor(now: () => number): Attempts {
  let failures: number[] = [];
  return {
    allowed() {
      failures = failures.filter((at) => now() - at < WINDOW_MS);
      return failures.length < MOST_FAILURES;
    },
    failed: () => void failures.push(now()),
  };
}
