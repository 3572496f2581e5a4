import { type Instant, laterBy } from '../model/instant.ts';
import type { Agent, Insert } from './agents.ts';
import type { Random } from './random.ts';
import type { Texts } from './texts.ts';
import { offsetTime, pythonTime, sqliteTime, writerTime } from './time-text.ts';

type Values = readonly (string | number | null)[];

/** What every row is made from. */
export interface Scene {
  readonly random: Random;
  readonly texts: Texts;
  readonly agent: Agent;
  /** The row's own time. */
  readonly at: Instant;
  /** Rows younger than this may still be open. */
  readonly openSince: Instant;
  readonly insert: Insert;
}

const ENTRY_TYPES = ['thought', 'tool_use', 'message', 'decision', 'error', 'skill', 'checkpoint'];
const TOOLS: readonly (readonly [tool: string, category: string])[] = [
  ['Bash', 'shell'],
  ['Read', 'file'],
  ['Edit', 'file'],
  ['Write', 'file'],
  ['Grep', 'search'],
  ['WebFetch', 'network'],
  ['Task', 'agent'],
];
const SKILLS = ['code-review', 'write-tests', 'plan-wave', 'summarise', 'triage', 'migrate-schema'];
const SOURCES = ['orchestrator', 'telegram-bot', 'health-monitor', 'task-runner', 'web-ui'];
const EVENT_TYPES = [
  'task.started',
  'task.completed',
  'task.failed',
  'agent.idle',
  'budget.warning',
  'build.completed',
];

/** One row of each managed table, by the share it has in practice (of 100). */
export const ROW_MAKERS: readonly {
  readonly table: string;
  readonly share: number;
  make(scene: Scene): Values;
}[] = [
  { table: 'transcript_entries', share: 36, make: transcriptEntry },
  { table: 'tool_uses', share: 26, make: toolUse },
  { table: 'skill_traces', share: 5, make: skillTrace },
  { table: 'assertion_results', share: 11, make: assertionResult },
  { table: 'assertion_chains', share: 3, make: assertionChain },
  { table: 'message_bus_log', share: 19, make: busMessage },
];

function transcriptEntry({ random, texts, agent, at }: Scene): Values {
  const { pick, below, oneIn } = random;
  const id = random.uuid();
  agent.transcript = id;
  agent.sequence += 1;
  const type = pick(ENTRY_TYPES);
  return [
    id,
    writerTime(random, at),
    agent.sequence,
    agent.execution,
    oneIn(15) ? null : agent.task,
    agent.instance,
    agent.wave,
    type,
    type === 'error' ? 'failure' : 'work',
    pick(texts.summaries),
    oneIn(2) ? null : pick(texts.details),
    oneIn(10) ? pick(SKILLS) : null,
    null,
    null,
    oneIn(2) ? null : below(30_000),
    below(4_000),
    sqliteTime(at),
  ];
}

/** A tool use; `outputs` stands in for the usual texts where rows must have another size. */
export function toolUse(
  { random, texts, agent, at, openSince }: Scene,
  outputs: readonly string[] = texts.outputs,
): Values {
  const { pick, below, oneIn } = random;
  const id = random.uuid();
  const parent = oneIn(12) ? agent.tool : null;
  agent.tool = id;
  const [tool, category] = pick(TOOLS);
  const file = pick(texts.files);
  const text =
    tool === 'Bash'
      ? `{"command":"${pick(texts.commands)}"}`
      : `{"file_path":"${file}","limit":${below(2000)}}`;
  const open = isOpen(random, at, openSince);
  const blocked = tool === 'Bash' && oneIn(40);
  const failed = !blocked && oneIn(14);
  const ms = 20 + below(9_000);
  const large = oneIn(20_000);
  return [
    id,
    agent.execution,
    oneIn(15) ? null : agent.task,
    // One in thirty names an entry that does not exist.
    agent.transcript === null || oneIn(30) ? random.uuid() : agent.transcript,
    tool,
    category,
    text,
    `${tool} ${file}`,
    open ? 'pending' : blocked ? 'blocked' : failed ? 'error' : oneIn(3) ? 'success' : 'done',
    open ? null : pick(large ? texts.largeOutputs : outputs),
    open ? '' : pick(texts.summaries),
    failed && !open ? 1 : 0,
    blocked && !open ? 1 : 0,
    failed && !open ? `exit status ${1 + below(3)}: ${file}` : null,
    blocked && !open ? 'the command is not allowed in this sandbox' : null,
    writerTime(random, at),
    writerTime(random, open ? at : laterBy(at, ms)),
    open ? 0 : ms,
    agent.skill,
    parent,
    sqliteTime(at),
  ];
}

function skillTrace({ random, texts, agent, at, openSince }: Scene): Values {
  const { pick, below, oneIn } = random;
  const id = random.uuid();
  agent.skill = id;
  const name = pick(SKILLS);
  const open = isOpen(random, at, openSince);
  const failed = oneIn(20);
  const ms = 500 + below(120_000);
  return [
    id,
    agent.execution,
    agent.task,
    name,
    `skills/${name}/SKILL.md`,
    below(300),
    pick(['Overview', 'Steps', 'Checks', 'Examples']),
    pick(texts.summaries),
    open ? null : pick(texts.summaries),
    pythonTime(at),
    open ? null : pythonTime(laterBy(at, ms)),
    open ? null : ms,
    below(20_000),
    open ? 'running' : failed ? 'error' : 'success',
    failed && !open ? 'the skill’s last check did not pass' : null,
    null,
    null,
    sqliteTime(at),
  ];
}

function assertionResult({ random, texts, agent, at }: Scene): Values {
  const { pick, below, oneIn } = random;
  agent.chainPosition += 1;
  return [
    random.uuid(),
    agent.task,
    agent.execution,
    pick(['build', 'unit-test', 'lint', 'file-exists', 'type-check']),
    pick(texts.titles),
    oneIn(12) ? 'fail' : oneIn(25) ? 'skip' : oneIn(25) ? 'warn' : 'pass',
    pick(texts.evidence),
    agent.chain,
    agent.chain === null ? null : agent.chainPosition,
    writerTime(random, at),
    below(20_000),
    oneIn(2) ? null : agent.transcript,
    sqliteTime(at),
  ];
}

function assertionChain({ random, texts, agent, at, openSince }: Scene): Values {
  const { pick, below, oneIn } = random;
  const id = random.uuid();
  agent.chain = id;
  agent.chainPosition = 0;
  const open = isOpen(random, at, openSince);
  const failures = oneIn(6) ? 1 + below(3) : 0;
  return [
    id,
    agent.task,
    agent.execution,
    pick(texts.titles),
    open ? 'pending' : failures > 0 ? 'fail' : 'pass',
    open ? 0 : 1 + below(20),
    open ? 0 : failures,
    open ? 0 : below(2),
    failures > 0 && !open ? random.uuid() : null,
    pythonTime(at),
    open ? null : pythonTime(laterBy(at, below(600) * 1000)),
    sqliteTime(at),
  ];
}

function busMessage({ random, texts, agent, at, insert }: Scene): Values {
  const { pick, oneIn } = random;
  const event = random.uuid();
  const source = pick(SOURCES);
  const type = pick(EVENT_TYPES);
  const time = source === 'telegram-bot' ? offsetTime(at) : writerTime(random, at);
  const correlation = oneIn(3) ? null : agent.execution;
  const payload = pick(texts.payloads);
  // As the trigger logs it (without task and execution), or as an agent does; one event in ten was never stored.
  const logged = !oneIn(4);
  if (!oneIn(10)) insert('events', [event, time, source, type, correlation, payload]);
  return [
    `mbl-${random.hex(16)}`,
    event,
    time,
    source,
    type,
    correlation,
    logged ? `${source}: ${type}` : pick(texts.summaries),
    type === 'task.failed'
      ? 'error'
      : type === 'budget.warning'
        ? 'warning'
        : oneIn(500)
          ? 'critical'
          : 'info',
    logged ? 'event' : pick(['agent', 'task', 'system']),
    logged ? null : agent.transcript,
    logged ? null : agent.task,
    logged ? null : agent.execution,
    payload,
    sqliteTime(at),
  ];
}

/** Young rows are often still open; one in 4,000 was left open by an agent that crashed. */
function isOpen(random: Random, at: Instant, openSince: Instant): boolean {
  return at >= openSince ? random.oneIn(2) : random.oneIn(4_000);
}
