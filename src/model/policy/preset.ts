import { DAY_MS } from '../duration.ts';
import type { Policy } from './policy.ts';

interface Ages {
  readonly group: string;
  readonly hot: number;
  readonly warm: number;
  readonly cold: number;
}

const TRANSCRIPTS: Ages = { group: 'transcripts', hot: 7, warm: 30, cold: 365 };
const ASSERTIONS: Ages = { group: 'assertions', hot: 30, warm: 90, cold: 730 };
const MESSAGES: Ages = { group: 'messages', hot: 7, warm: 30, cold: 90 };

/** The observability tables of an agent system, in the order they are archived. */
export const OBSERVABILITY_POLICIES: readonly Policy[] = [
  preset('transcript_entries', TRANSCRIPTS, 'timestamp', null, ['execution_id', 'task_id', 'instance_id']),
  preset('tool_uses', TRANSCRIPTS, 'start_time', "result_status = 'pending'", [
    'execution_id',
    'task_id',
    'transcript_entry_id',
    'parent_tool_use_id',
    'within_skill',
  ]),
  preset('skill_traces', TRANSCRIPTS, 'start_time', "status = 'running'", ['execution_id', 'task_id']),
  preset('assertion_results', ASSERTIONS, 'timestamp', null, [
    'execution_id',
    'task_id',
    'chain_id',
    'transcript_entry_id',
  ]),
  preset('assertion_chains', ASSERTIONS, 'created_at', "overall_result = 'pending'", [
    'execution_id',
    'task_id',
    'first_failure_id',
  ]),
  preset('message_bus_log', MESSAGES, 'timestamp', null, [
    'execution_id',
    'task_id',
    'event_id',
    'correlation_id',
    'transcript_entry_id',
  ]),
];

/** Kept for ever: the tables above refer to it. */
export const OBSERVABILITY_EXEMPT: readonly string[] = ['task_list_execution_runs'];

/** Not managed, and not to be: rows of the tables above name them as parents. */
export const OBSERVABILITY_PARENTS: readonly string[] = ['tasks', 'events'];

/** Groups of the preset whose tables the weekly job archives; the daily job archives every other table. */
export const OBSERVABILITY_WEEKLY: readonly string[] = ['assertions'];

function preset(
  table: string,
  { group, hot, warm, cold }: Ages,
  timeColumn: string,
  openWhile: string | null,
  lookupKeys: readonly string[],
): Policy {
  return {
    table,
    group,
    hotMs: hot * DAY_MS,
    warmMs: warm * DAY_MS,
    coldMs: cold * DAY_MS,
    timeColumn,
    openWhile,
    lookupKeys,
    compression: 'gzip',
  };
}
