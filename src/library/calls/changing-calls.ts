import { dryRunReport } from '../../lifecycle/archive/archive-report.ts';
import { rebuildLedger } from '../../lifecycle/begin/rebuild-ledger.ts';
import { dryCleanupReport } from '../../lifecycle/cleanup/cleanup-report.ts';
import { stopOn } from '../../model/stop.ts';
import { runJobs } from '../../operate/jobs/run-jobs.ts';
import { runService } from '../../operate/service/run-service.ts';
import type { Stores } from '../../operate/stores.ts';
import { lakeRebuildJson } from '../answers/keeping/lake-answer.ts';
import { rebuildJson } from '../answers/keeping/rebuild-answer.ts';
import { verifyJson } from '../answers/keeping/verify-answer.ts';
import { archiveReportJson } from '../answers/moving/archive-answer.ts';
import { cleanupPlanJson, cleanupReportJson } from '../answers/moving/cleanup-answer.ts';
import { jobJson, plannedJobJson } from '../answers/moving/job-answer.ts';
import { reclaimJson } from '../answers/moving/reclaim-answer.ts';
import { durationOf, runtimeOf, wrong } from '../options/row-request.ts';
import type { VerifyOptions } from '../options/run-options.ts';
import { archiveTarget, planTarget, tableProgress } from '../work/runs/archive-target.ts';
import { cleanUp, planCleanUp } from '../work/runs/clean-up.ts';
import { rebuildLake } from '../work/runs/lake-runs.ts';
import { pauseJobs, planJobs, resumeJobs } from '../work/runs/pause-jobs.ts';
import { planShrinking, shrinkFile } from '../work/runs/shrink-file.ts';
import { type VerifyWork, verifyStores } from '../work/runs/verify-stores.ts';
import type { Calls, CHANGING } from './call-names.ts';
import { newsOf } from './scheduler-news.ts';
import type { Turns } from './turns.ts';

/** Who wants a run, for the history. */
const REASON = 'the library';

export function changingCalls(stores: Stores, turns: Turns): Calls<typeof CHANGING> {
  return {
    async archive(target, options = {}) {
      const { dryRun = false, adopt = false, signal, onProgress } = options;
      const wish = { olderThanMs: durationOf(options.olderThan, 'olderThan'), adopt };
      const maxRuntimeMs = runtimeOf(options.maxRuntime, 'maxRuntime');
      if (dryRun) {
        const plan = await turns.read('plan the run', signal, () => planTarget(stores, target, wish));
        return archiveReportJson(dryRunReport(plan));
      }
      const report = await turns.change('archive rows', signal, (own) =>
        archiveTarget(stores, target, { ...wish, maxRuntimeMs, reason: REASON, signal: own, onProgress }),
      );
      return archiveReportJson(report);
    },

    async cleanup(options = {}) {
      const { dryRun = false, adopt = false, only = null, signal } = options;
      const wish = { olderThanMs: durationOf(options.olderThan, 'olderThan'), only, adopt };
      if (dryRun) {
        const plan = await turns.read('plan the cleanup', signal, () => planCleanUp(stores, wish));
        return cleanupPlanJson(dryCleanupReport(plan), plan);
      }
      const consent = options.allowLargePurge ? async (): Promise<boolean> => true : null;
      const report = await turns.change('clean up archives', signal, (own) =>
        cleanUp(stores, { ...wish, consent, reason: REASON, signal: own }),
      );
      return cleanupReportJson(report);
    },

    async job(mode, options = {}) {
      const { dryRun = false, signal, onProgress } = options;
      const maxRuntimeMs = runtimeOf(options.maxRuntime, 'maxRuntime');
      if (dryRun)
        return plannedJobJson(mode, await turns.read('plan the job', signal, () => planJobs(stores, mode)));
      const done = await turns.change('run the job', signal, (own) =>
        runJobs(stores, mode, {
          ...{ reason: REASON, signal: own, maxRuntimeMs },
          ...(onProgress === undefined ? {} : { onProgress: tableProgress(onProgress) }),
        }),
      );
      return jobJson(mode, done.attempts);
    },

    async run({ signal, maxRuntime, onEvent }) {
      const own = turns.begin('run the scheduler', signal);
      const maxRuntimeMs = runtimeOf(maxRuntime, 'maxRuntime');
      const tell: Parameters<typeof runService>[1]['tell'] = async (event) => {
        const news = newsOf(event);
        if (news !== null) onEvent?.(news);
      };
      await turns.track(runService(stores, { signal: own, maxRuntimeMs, tell }));
    },

    async pause({ reason = null, for: time, signal } = {}) {
      const wish = { reason, forMs: runtimeOf(time, 'for') };
      const { pause } = await turns.read('pause the jobs', signal, () => pauseJobs(stores, wish));
      return pause;
    },

    async resume({ signal } = {}) {
      return await turns.read('resume the jobs', signal, () => resumeJobs(stores));
    },

    async reclaim({ full = false, dryRun = false, signal } = {}) {
      if (dryRun) {
        const look = () => planShrinking(stores, full);
        return reclaimJson(await turns.read('look at the database file', signal, look), null);
      }
      const report = await turns.change('shrink the database file', signal, (own) =>
        shrinkFile(stores, { full, signal: own }),
      );
      return reclaimJson(report.plan, report);
    },

    async verify(options = {}) {
      const work = verifyWork(options);
      const verify = (own: AbortSignal) => verifyStores(stores, { ...work, signal: own });
      const quick = work.scope === 'quick' || work.archivesOnly;
      const begun = quick ? turns.track(verify(turns.begin('verify', options.signal))) : null;
      return verifyJson(await (begun ?? turns.change('verify', options.signal, verify)));
    },

    async rebuild({ signal } = {}) {
      const report = await turns.change('rebuild the ledger', signal, async (own) => {
        await using opened = await stores.openWriting('rebuild');
        return await rebuildLedger(opened, { stop: stopOn(own) });
      });
      return rebuildJson(report);
    },

    async lakeRebuild({ signal } = {}) {
      return lakeRebuildJson(
        await turns.change('rebuild the lake', signal, (own) => rebuildLake(stores, own)),
      );
    },
  };
}

function verifyWork({
  deep = false,
  sample,
  files = [],
  archivesOnly = false,
  ...options
}: VerifyOptions): Omit<VerifyWork, 'signal'> {
  if (sample !== undefined && !(sample > 0 && sample <= 1))
    throw wrong('sample', `is ${sample}: it must be above 0 and at most 1`);
  if (
    files.length > 0 &&
    (deep || archivesOnly || sample !== undefined || options.notProvedFor !== undefined)
  )
    throw wrong('files', 'does not go with `deep`, `sample`, `notProvedFor` and `archivesOnly`');
  if (sample !== undefined && (deep || archivesOnly))
    throw wrong('sample', 'does not go with `deep` and `archivesOnly`');
  return {
    scope:
      files.length > 0 ? { files } : sample === undefined ? (deep ? 'deep' : 'quick') : { share: sample },
    notProvedForMs: runtimeOf(options.notProvedFor, 'notProvedFor'),
    archivesOnly,
    maxRuntimeMs: runtimeOf(options.maxRuntime, 'maxRuntime'),
    onProgress: options.onProgress,
  };
}
