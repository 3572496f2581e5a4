import type { ReclaimPlan } from '../../lifecycle/report/reclaim-plan.ts';
import type { ReclaimReport } from '../../lifecycle/report/reclaim-space.ts';
import { formatBytes, formatElapsed } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';

/** How much the file could shrink, for people. */
export function renderReclaimPlan(plan: ReclaimPlan, dryRun: boolean, style: Style): string {
  const { file, freeBytes, share, method, reason, full } = plan;
  const lines = [
    ...(dryRun ? [`${style.warning('DRY RUN')}: nothing is changed.`, ''] : []),
    `${style.heading(file.path)}  ${formatBytes(file.bytes)}, ${formatBytes(freeBytes)} free (${percent(share)})`,
    `  ${reason}`,
  ];
  if (freeBytes > 0 && method !== 'incremental') {
    const [least, most] = full.seconds;
    lines.push(
      `  A full rebuild needs ${formatBytes(full.needsDatabase)} next to the file and ${formatBytes(full.needsTemporary)} for temporary files;`,
      `  writers wait about ${least === most ? least : `${least} to ${most}`} s.${full.enough ? '' : style.bad(' The disk does not have enough free space.')}`,
    );
  }
  return lines.join('\n');
}

/** What was given back, for people. */
export function renderReclaimReport({ plan, after, freedBytes, durationMs, stopped }: ReclaimReport): string {
  if (plan.method === 'nothing') return 'Nothing to free.';
  const from = formatBytes(plan.file.bytes);
  const done = `Freed: ${formatBytes(freedBytes)}, from ${from} to ${formatBytes(after.bytes)} in ${formatElapsed(durationMs)}`;
  return stopped === null ? done : `${done}; stopped: ${stopped}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
