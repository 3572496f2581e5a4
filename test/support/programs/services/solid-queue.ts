import { DAY, type Program, spaced } from '../program.ts';

const id = 'id integer PRIMARY KEY AUTOINCREMENT NOT NULL';
const JOB = (name: string): string =>
  `CONSTRAINT fk_rails_${name} FOREIGN KEY (job_id) REFERENCES solid_queue_jobs (id) ON DELETE CASCADE`;

export const solidQueue: Program = {
  name: 'Solid Queue',
  version: '1.0 to 1.2',
  source:
    'https://github.com/rails/solid_queue/blob/main/lib/generators/solid_queue/install/templates/db/queue_schema.rb',
  schema: `
    CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY);
    CREATE TABLE ar_internal_metadata (key varchar NOT NULL PRIMARY KEY, value varchar, created_at datetime(6) NOT NULL, updated_at datetime(6) NOT NULL);
    CREATE TABLE solid_queue_jobs (${id}, queue_name varchar NOT NULL, class_name varchar NOT NULL, arguments text, priority integer DEFAULT 0 NOT NULL, active_job_id varchar,
      scheduled_at datetime(6), finished_at datetime(6), concurrency_key varchar, created_at datetime(6) NOT NULL, updated_at datetime(6) NOT NULL);
    CREATE INDEX index_solid_queue_jobs_on_active_job_id ON solid_queue_jobs (active_job_id);
    CREATE INDEX index_solid_queue_jobs_on_class_name ON solid_queue_jobs (class_name);
    CREATE INDEX index_solid_queue_jobs_on_finished_at ON solid_queue_jobs (finished_at);
    CREATE INDEX index_solid_queue_jobs_for_filtering ON solid_queue_jobs (queue_name, finished_at);
    CREATE INDEX index_solid_queue_jobs_for_alerting ON solid_queue_jobs (scheduled_at, finished_at);
    CREATE TABLE solid_queue_blocked_executions (${id}, job_id bigint NOT NULL, queue_name varchar NOT NULL, priority integer DEFAULT 0 NOT NULL, concurrency_key varchar NOT NULL,
      expires_at datetime(6) NOT NULL, created_at datetime(6) NOT NULL, ${JOB('blocked')});
    CREATE UNIQUE INDEX index_solid_queue_blocked_executions_on_job_id ON solid_queue_blocked_executions (job_id);
    CREATE TABLE solid_queue_claimed_executions (${id}, job_id bigint NOT NULL, process_id bigint, created_at datetime(6) NOT NULL, ${JOB('claimed')});
    CREATE UNIQUE INDEX index_solid_queue_claimed_executions_on_job_id ON solid_queue_claimed_executions (job_id);
    CREATE TABLE solid_queue_failed_executions (${id}, job_id bigint NOT NULL, error text, created_at datetime(6) NOT NULL, ${JOB('failed')});
    CREATE UNIQUE INDEX index_solid_queue_failed_executions_on_job_id ON solid_queue_failed_executions (job_id);
    CREATE TABLE solid_queue_ready_executions (${id}, job_id bigint NOT NULL, queue_name varchar NOT NULL, priority integer DEFAULT 0 NOT NULL, created_at datetime(6) NOT NULL, ${JOB('ready')});
    CREATE UNIQUE INDEX index_solid_queue_ready_executions_on_job_id ON solid_queue_ready_executions (job_id);
    CREATE TABLE solid_queue_recurring_executions (${id}, job_id bigint NOT NULL, task_key varchar NOT NULL, run_at datetime(6) NOT NULL, created_at datetime(6) NOT NULL, ${JOB('recurring')});
    CREATE UNIQUE INDEX index_solid_queue_recurring_executions_on_job_id ON solid_queue_recurring_executions (job_id);
    CREATE UNIQUE INDEX index_solid_queue_recurring_executions_on_task_key_and_run_at ON solid_queue_recurring_executions (task_key, run_at);
    CREATE TABLE solid_queue_scheduled_executions (${id}, job_id bigint NOT NULL, queue_name varchar NOT NULL, priority integer DEFAULT 0 NOT NULL, scheduled_at datetime(6) NOT NULL,
      created_at datetime(6) NOT NULL, ${JOB('scheduled')});
    CREATE UNIQUE INDEX index_solid_queue_scheduled_executions_on_job_id ON solid_queue_scheduled_executions (job_id);
    CREATE TABLE solid_queue_pauses (${id}, queue_name varchar NOT NULL, created_at datetime(6) NOT NULL);
    CREATE TABLE solid_queue_processes (${id}, kind varchar NOT NULL, last_heartbeat_at datetime(6) NOT NULL, supervisor_id bigint, pid integer NOT NULL, hostname varchar, metadata text,
      created_at datetime(6) NOT NULL, name varchar NOT NULL);
    CREATE TABLE solid_queue_recurring_tasks (${id}, key varchar NOT NULL, schedule varchar NOT NULL, command varchar(2048), class_name varchar, arguments text, queue_name varchar,
      priority integer DEFAULT 0, static boolean DEFAULT 1 NOT NULL, description text, created_at datetime(6) NOT NULL, updated_at datetime(6) NOT NULL);
    CREATE TABLE solid_queue_semaphores (${id}, key varchar NOT NULL, value integer DEFAULT 1 NOT NULL, expires_at datetime(6) NOT NULL, created_at datetime(6) NOT NULL, updated_at datetime(6) NOT NULL);`,
  answers: {
    schema_migrations: ['migrations', null],
    ar_internal_metadata: ['migrations', 'created_at'],
    solid_queue_jobs: ['archive', 'created_at'],
    solid_queue_blocked_executions: ['short_lived', 'created_at'],
    solid_queue_claimed_executions: ['short_lived', 'created_at'],
    solid_queue_failed_executions: ['with', 'created_at'],
    solid_queue_ready_executions: ['short_lived', 'created_at'],
    solid_queue_recurring_executions: ['with', 'created_at'],
    solid_queue_scheduled_executions: ['short_lived', 'created_at'],
    solid_queue_pauses: ['archive', 'created_at'],
    solid_queue_processes: ['short_lived', 'created_at'],
    solid_queue_recurring_tasks: ['living', 'created_at'],
    solid_queue_semaphores: ['short_lived', 'created_at'],
  },
  fill(pen) {
    const { write, moments, below, rows, now, days } = pen;
    const micros = (ms: number): string => `${spaced(ms)}${100 + below(900)}`;
    for (let n = 0; n < 3; n++) write('schema_migrations', { version: `2024010112000${n}` });
    write('ar_internal_metadata', {
      key: 'environment',
      value: 'production',
      created_at: micros(now - days * DAY),
      updated_at: micros(now - days * DAY),
    });
    const all = moments(rows);
    for (const [at, ms] of all.entries()) {
      const job_id = at + 1;
      const [failed, recent] = [at % 29 === 4, at >= rows - 8];
      const [created_at, queue_name] = [micros(ms), 'default'];
      const finished_at = failed || recent ? null : micros(ms + 1500);
      write('solid_queue_jobs', {
        id: job_id,
        queue_name,
        class_name: 'MailJob',
        arguments: `{"job_id":"${pen.hex(32)}"}`,
        active_job_id: pen.hex(32),
        scheduled_at: created_at,
        finished_at,
        created_at,
        updated_at: finished_at ?? created_at,
      });
      if (failed && !recent)
        write('solid_queue_failed_executions', {
          job_id,
          error: '{"exception_class":"Net::ReadTimeout"}',
          created_at: micros(ms + 2000),
        });
      if (at % 5 === 0)
        write('solid_queue_recurring_executions', {
          job_id,
          task_key: 'nightly',
          run_at: micros(Math.floor(ms / 1000) * 1000),
          created_at,
        });
    }
    const soon = (n: number): string => micros(now - n * 60_000);
    for (let n = 8; n >= 1; n--) {
      const [job_id, created_at, queue_name] = [rows - n + 1, soon(n), 'default'];
      if (n > 6) write('solid_queue_claimed_executions', { job_id, process_id: 1, created_at });
      else if (n > 4) write('solid_queue_ready_executions', { job_id, queue_name, created_at });
      else if (n > 2)
        write('solid_queue_scheduled_executions', {
          job_id,
          queue_name,
          scheduled_at: micros(now + n * 3_600_000),
          created_at,
        });
      else
        write('solid_queue_blocked_executions', {
          job_id,
          queue_name,
          concurrency_key: 'k',
          expires_at: micros(now + 180_000),
          created_at,
        });
    }
    write('solid_queue_processes', {
      kind: 'Worker',
      last_heartbeat_at: soon(0),
      pid: 4711,
      hostname: 'web',
      created_at: micros(now - 9 * 3_600_000),
      name: 'worker-1',
    });
    for (let n = 0; n < 3; n++)
      write('solid_queue_recurring_tasks', {
        key: `task${n}`,
        schedule: '0 3 * * *',
        class_name: 'NightlyJob',
        created_at: micros(now - days * DAY),
        updated_at: micros(now - 5 * DAY),
      });
    write('solid_queue_semaphores', {
      key: 'k',
      value: 0,
      expires_at: micros(now + 180_000),
      created_at: soon(3),
      updated_at: soon(3),
    });
  },
};
