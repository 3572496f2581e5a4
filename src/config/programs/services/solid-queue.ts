import type { ProgramFacts } from '../program-facts.ts';

export const solidQueue: ProgramFacts = {
  name: 'Solid Queue',
  versions: '1.0 to 1.2',
  recipe: 'solid-queue',
  marks: {
    solid_queue_jobs: ['active_job_id', 'finished_at', 'class_name'],
    solid_queue_ready_executions: ['job_id'],
  },
  tables: {
    solid_queue_jobs: {
      hot: '7d',
      warm: '30d',
      cold: '1y',
      time_column: 'finished_at',
      lookup_keys: ['active_job_id'],
    },
    solid_queue_recurring_executions: { with: 'solid_queue_jobs', by: 'job_id' },
  },
  left: {
    solid_queue_ready_executions: 'its jobs are not finished',
    solid_queue_claimed_executions: 'its jobs are not finished',
    solid_queue_scheduled_executions: 'its jobs are not finished',
    solid_queue_blocked_executions: 'its jobs are not finished',
    solid_queue_failed_executions: 'its jobs are not finished: they can be tried again',
    solid_queue_processes: 'Solid Queue keeps its running processes there',
    solid_queue_semaphores: 'Solid Queue keeps its locks there',
    solid_queue_pauses: 'it holds the paused queues',
    solid_queue_recurring_tasks: 'it holds the schedule',
  },
  notes: [
    'A job without finished_at has no time, so it never leaves: jobs that wait, run or failed stay, and are reported as rows without a time.',
    'Set config.solid_queue.clear_finished_jobs_after to 14.days: by default Solid Queue deletes finished jobs after a day.',
  ],
};
