import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long a session lasts without a request, in milliseconds. */
const IDLE_MS = 12 * 60 * 60_000;
/** The oldest sessions end when there are more. */
const MOST = 100;

/** Sessions of browsers, in memory: they end with the server. */
export interface Sessions {
  /** The token for the printed address. It opens one session; then it is worth nothing. */
  readonly oneTimeToken: string;
  /** A new session's secret when `token` is the one-time token, and was not used yet. */
  redeem(token: string): string | null;
  open(): string;
  /** Whether the secret is that of an open session, whose idle time begins anew. */
  isOpen(secret: string): boolean;
  close(secret: string): void;
}

export function createSessions(now: () => number): Sessions {
  const lastSeen = new Map<string, number>();
  const oneTimeToken = secretText();
  let used = false;

  function open(): string {
    const secret = secretText();
    for (const key of lastSeen.keys()) {
      if (lastSeen.size < MOST) break;
      lastSeen.delete(key);
    }
    lastSeen.set(digest(secret), now());
    return secret;
  }

  return {
    oneTimeToken,
    open,
    redeem(token) {
      if (used || !equalTexts(token, oneTimeToken)) return null;
      used = true;
      return open();
    },
    isOpen(secret) {
      const key = digest(secret);
      const seen = lastSeen.get(key);
      if (seen === undefined) return false;
      lastSeen.delete(key);
      if (now() - seen > IDLE_MS) return false;
      // Set anew, it is the newest.
      lastSeen.set(key, now());
      return true;
    },
    close: (secret) => void lastSeen.delete(digest(secret)),
  };
}

function secretText(): string {
  return randomBytes(32).toString('base64url');
}

/** Looked up by digest: how long a lookup takes says nothing about a secret. */
function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}

/** Compares two texts in a time that does not depend on where they differ. */
export function equalTexts(one: string, other: string): boolean {
  const sha = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(sha(one), sha(other));
}
