import { randomBytes } from 'node:crypto';
import type { Change } from './change.ts';

/** What a person was shown, and may confirm once. */
export interface Plan {
  readonly change: Change;
  readonly commands: readonly (readonly string[])[];
}

/** Plans that were shown. What runs is exactly what was shown, and a form that is sent twice runs once. */
export interface Plans {
  /** The plan's secret, for the form that confirms it. */
  show(plan: Plan): string;
  /** The plan, once; null when it is unknown, confirmed already, or too old. */
  confirm(secret: string): Plan | null;
}

/** A plan is good for this long: afterwards its numbers say little. */
const GOOD_MS = 60 * 60_000;
const MOST = 200;

export function createPlans(now: () => number): Plans {
  const shown = new Map<string, Plan & { readonly at: number }>();
  return {
    show(plan) {
      for (const secret of shown.keys()) {
        if (shown.size < MOST) break;
        shown.delete(secret);
      }
      const secret = randomBytes(18).toString('base64url');
      shown.set(secret, { ...plan, at: now() });
      return secret;
    },
    confirm(secret) {
      const plan = shown.get(secret);
      shown.delete(secret);
      return plan === undefined || now() - plan.at > GOOD_MS ? null : plan;
    },
  };
}
