/** What else happens when a row of a table is deleted. */
export interface SideEffects {
  /** What triggers write, by name, in the order in which they run: directly, or through triggers of what they write. Not: virtual tables. */
  readonly writes: readonly TriggerWrite[];
  /** Triggers that may refuse the deletion of a row (`RAISE`). */
  readonly refusals: readonly string[];
}

export interface TriggerWrite {
  readonly trigger: string;
  readonly target: string;
}

/** For people: why the rows of a table may not be deleted. */
export function writesInWords(writes: readonly TriggerWrite[]): string {
  const each = writes.map(({ trigger, target }) => `${trigger} writes to ${target}`);
  return `deleting its rows would have side effects: the trigger ${each.join(', the trigger ')}`;
}

/** The way out. */
export const ALLOW_TRIGGERS =
  'If these triggers may run for each archived row, set `triggers: allow` for the table in the configuration. Otherwise drop the triggers.';
