import type { RecordedAlarm } from '../../hot/recorded-alarm.ts';
import { FirnError } from '../../model/errors.ts';
import type { Stores } from '../stores.ts';

/**
 * Acknowledges the recorded alarms about a file: they stay listed, and are no alarm any more. Needs no lock. Throws `not_found` when there is none.
 * @param subject a path or segment, as the alarm names it.
 */
export async function acknowledgeAlarm(
  stores: Stores,
  subject: string,
  how: { readonly by: string | null; readonly reason: string },
): Promise<readonly RecordedAlarm[]> {
  await using log = await stores.openAlarmLog();
  const recorded = await log.alarms();
  const meant = recorded.filter((alarm) =>
    [alarm.subject, alarm.path, `warm/${alarm.subject}`].includes(subject),
  );
  if (meant.length === 0) throw unknown(subject, recorded);
  const at = new Date(stores.clock.now()).toISOString();
  await log.acknowledge(meant, { ...how, at });
  return meant.map((alarm) => ({ ...alarm, acknowledged: { ...how, at } }));
}

function unknown(subject: string, recorded: readonly RecordedAlarm[]): FirnError {
  const open = recorded.filter(({ acknowledged }) => acknowledged === null).map(({ path }) => path);
  const hint =
    open.length === 0
      ? 'There are no open alarms. Run firn verify to check the archive.'
      : `Open alarms: ${open.join(', ')}`;
  return new FirnError('not_found', `there is no alarm for ${subject}`, {
    operation: 'acknowledge the alarm',
    hint,
  });
}
