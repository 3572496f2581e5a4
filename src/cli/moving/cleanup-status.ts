import type { CleanupReport } from '../../lifecycle/cleanup/cleanup-report.ts';
import { EXIT } from '../frame/exit-status.ts';

/** The exit status of a cleanup or its dry run. */
export function cleanupStatus({ problems, reconciled }: CleanupReport): number {
  if (reconciled.some(({ action }) => action === 'alarm') || problems.some(({ alarm }) => alarm)) {
    return EXIT.integrity;
  }
  return problems.length > 0 ? EXIT.partly : EXIT.done;
}
