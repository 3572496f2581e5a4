/** The observability schema that the preset manages, with its parents and its neighbours, as agents and server make it. */

/** CREATE TABLE statements, parents first. */
export const OBSERVABILITY_TABLES: readonly string[] = [
  `CREATE TABLE task_list_execution_runs (
  id TEXT PRIMARY KEY,
  task_list_id TEXT NOT NULL,
  run_number INTEGER NOT NULL,
  status TEXT NOT NULL,
  started_at TEXT,
  completed_at TEXT,
  created_at TEXT DEFAULT (datetime('now'))
)`,
  `CREATE TABLE tasks (
  id TEXT PRIMARY KEY,
  display_id TEXT,
  task_list_id TEXT,
  title TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at TEXT DEFAULT (datetime('now'))
)`,
  `CREATE TABLE events (
  id TEXT PRIMARY KEY,
  timestamp TEXT NOT NULL,
  source TEXT NOT NULL,
  event_type TEXT NOT NULL,
  correlation_id TEXT,
  payload TEXT
)`,
  `CREATE TABLE transcript_entries (
  id TEXT PRIMARY KEY,
  timestamp TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  execution_id TEXT NOT NULL REFERENCES task_list_execution_runs(id),
  task_id TEXT REFERENCES tasks(id),
  instance_id TEXT NOT NULL,
  wave_number INTEGER,
  entry_type TEXT NOT NULL,
  category TEXT NOT NULL,
  summary TEXT NOT NULL,
  details TEXT,
  skill_ref TEXT,
  tool_calls TEXT,
  assertions TEXT,
  duration_ms INTEGER,
  token_estimate INTEGER,
  created_at TEXT DEFAULT (datetime('now'))
)`,
  `CREATE TABLE skill_traces (
  id TEXT PRIMARY KEY,
  execution_id TEXT NOT NULL REFERENCES task_list_execution_runs(id),
  task_id TEXT NOT NULL REFERENCES tasks(id),
  skill_name TEXT NOT NULL,
  skill_file TEXT NOT NULL,
  line_number INTEGER,
  section_title TEXT,
  input_summary TEXT,
  output_summary TEXT,
  start_time TEXT NOT NULL,
  end_time TEXT,
  duration_ms INTEGER,
  token_estimate INTEGER,
  status TEXT NOT NULL,
  error_message TEXT,
  tool_calls TEXT,
  sub_skills TEXT,
  created_at TEXT DEFAULT (datetime('now'))
)`,
  `CREATE TABLE tool_uses (
  id TEXT PRIMARY KEY,
  execution_id TEXT NOT NULL REFERENCES task_list_execution_runs(id),
  task_id TEXT REFERENCES tasks(id),
  transcript_entry_id TEXT NOT NULL REFERENCES transcript_entries(id),
  tool TEXT NOT NULL,
  tool_category TEXT NOT NULL,
  input TEXT NOT NULL,
  input_summary TEXT NOT NULL,
  result_status TEXT NOT NULL,
  output TEXT,
  output_summary TEXT NOT NULL,
  is_error INTEGER NOT NULL DEFAULT 0,
  is_blocked INTEGER NOT NULL DEFAULT 0,
  error_message TEXT,
  block_reason TEXT,
  start_time TEXT NOT NULL,
  end_time TEXT NOT NULL,
  duration_ms INTEGER NOT NULL,
  within_skill TEXT REFERENCES skill_traces(id),
  parent_tool_use_id TEXT REFERENCES tool_uses(id),
  created_at TEXT DEFAULT (datetime('now'))
)`,
  `CREATE TABLE assertion_chains (
  id TEXT PRIMARY KEY,
  task_id TEXT NOT NULL,
  execution_id TEXT NOT NULL,
  description TEXT NOT NULL,
  overall_result TEXT NOT NULL,
  pass_count INTEGER NOT NULL DEFAULT 0,
  fail_count INTEGER NOT NULL DEFAULT 0,
  skip_count INTEGER NOT NULL DEFAULT 0,
  first_failure_id TEXT,
  started_at TEXT,
  completed_at TEXT,
  created_at TEXT DEFAULT (datetime('now'))
)`,
  `CREATE TABLE assertion_results (
  id TEXT PRIMARY KEY,
  task_id TEXT NOT NULL REFERENCES tasks(id),
  execution_id TEXT NOT NULL REFERENCES task_list_execution_runs(id),
  category TEXT NOT NULL,
  description TEXT NOT NULL,
  result TEXT NOT NULL,
  evidence TEXT NOT NULL,
  chain_id TEXT REFERENCES assertion_chains(id),
  chain_position INTEGER,
  timestamp TEXT NOT NULL,
  duration_ms INTEGER,
  transcript_entry_id TEXT REFERENCES transcript_entries(id),
  created_at TEXT DEFAULT (datetime('now'))
)`,
  `CREATE TABLE message_bus_log (
  id TEXT PRIMARY KEY,
  event_id TEXT NOT NULL REFERENCES events(id),
  timestamp TEXT NOT NULL,
  source TEXT NOT NULL,
  event_type TEXT NOT NULL,
  correlation_id TEXT,
  human_summary TEXT NOT NULL,
  severity TEXT NOT NULL,
  category TEXT NOT NULL,
  transcript_entry_id TEXT,
  task_id TEXT,
  execution_id TEXT,
  payload TEXT,
  created_at TEXT DEFAULT (datetime('now'))
)`,
  // Two tables of other people's retention: they have times, and are none of Firn's business.
  `CREATE TABLE retention_policies (
  table_name TEXT PRIMARY KEY,
  hot_days INTEGER NOT NULL,
  warm_days INTEGER NOT NULL,
  cold_days INTEGER NOT NULL,
  updated_at TEXT DEFAULT (datetime('now'))
)`,
  `CREATE TABLE cleanup_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  table_name TEXT NOT NULL,
  deleted INTEGER NOT NULL,
  created_at TEXT DEFAULT (datetime('now'))
)`,
];

/** The columns (or expressions) of each index; a second element is its WHERE. */
const INDEXED: Readonly<Record<string, readonly (string | readonly [columns: string, where: string])[]>> = {
  transcript_entries: [
    'execution_id',
    'task_id',
    'entry_type',
    'timestamp',
    'execution_id, sequence',
    'instance_id',
    'wave_number',
  ],
  tool_uses: [
    'execution_id',
    'task_id',
    'tool',
    'tool_category',
    'result_status',
    'start_time',
    'within_skill',
    'transcript_entry_id',
    ['is_error', 'is_error = 1'],
    ['is_blocked', 'is_blocked = 1'],
  ],
  skill_traces: ['execution_id', 'skill_name', 'task_id', 'status', 'start_time'],
  assertion_chains: ['execution_id', 'task_id', 'overall_result', 'started_at'],
  assertion_results: [
    'task_id',
    'execution_id',
    'result',
    'chain_id',
    'category',
    'timestamp',
    ['result', "result = 'fail'"],
  ],
  message_bus_log: [
    'timestamp',
    'severity',
    'category',
    'source',
    'event_type',
    'correlation_id',
    'execution_id',
    'task_id',
  ],
};

/** CREATE INDEX statements of one managed table. */
export function indexStatements(table: string): readonly string[] {
  return (INDEXED[table] ?? []).map((index) => {
    const [columns, where] = typeof index === 'string' ? [index, null] : index;
    const name = `idx_${table}_${columns.replace(', ', '_')}${where === null ? '' : '_only'}`;
    return `CREATE INDEX ${name} ON ${table}(${columns})${where === null ? '' : ` WHERE ${where}`}`;
  });
}

export const OBSERVABILITY_INDEXES: readonly string[] = Object.keys(INDEXED).flatMap(indexStatements);

/** Every event is told to the bus, without its task and execution. */
export const OBSERVABILITY_TRIGGERS: readonly string[] = [
  `CREATE TRIGGER events_to_message_bus AFTER INSERT ON events BEGIN
  INSERT INTO message_bus_log (id, event_id, timestamp, source, event_type, correlation_id, human_summary, severity, category, payload)
  VALUES ('mbl-' || lower(hex(randomblob(8))), NEW.id, NEW.timestamp, NEW.source, NEW.event_type, NEW.correlation_id,
    NEW.source || ': ' || NEW.event_type, CASE WHEN NEW.event_type LIKE '%failed' THEN 'error' ELSE 'info' END, 'event', NEW.payload);
END`,
];
