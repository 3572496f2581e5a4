import { asInstant, type Instant } from '../model/instant.ts';
import type { Random } from './random.ts';
import type { Texts } from './texts.ts';
import { pythonTime, serverTime, sqliteTime } from './time-text.ts';

/** What one agent is busy with; rows refer to it. */
export interface Agent {
  readonly instance: string;
  execution: string;
  tasks: readonly string[];
  task: string;
  sequence: number;
  wave: number;
  /** Latest rows of the execution, null before the first. */
  transcript: string | null;
  skill: string | null;
  tool: string | null;
  chain: string | null;
  chainPosition: number;
  rowsLeft: number;
}

/** Inserts a row, its values in the order of the table's columns. */
export type Insert = (table: string, values: readonly (string | number | null)[]) => void;

/** Agents that take up one execution after another, with the parent rows that belong to it. */
export class Agents {
  readonly #agents: readonly Agent[];
  readonly #random: Random;
  readonly #texts: Texts;
  readonly #insert: Insert;
  #runs = 0;

  constructor(count: number, random: Random, texts: Texts, insert: Insert) {
    this.#random = random;
    this.#texts = texts;
    this.#insert = insert;
    this.#agents = Array.from({ length: count }, () => ({
      instance: random.uuid(),
      execution: '',
      tasks: [],
      task: '',
      sequence: 0,
      wave: 0,
      transcript: null,
      skill: null,
      tool: null,
      chain: null,
      chainPosition: 0,
      rowsLeft: 0,
    }));
  }

  /** The agent that does something now. */
  next(now: Instant): Agent {
    const agent = this.#random.pick(this.#agents);
    if (agent.rowsLeft === 0) this.#start(agent, now);
    agent.rowsLeft -= 1;
    if (this.#random.oneIn(60)) {
      agent.task = this.#random.pick(agent.tasks);
      agent.wave += 1;
      agent.skill = null;
    }
    return agent;
  }

  #start(agent: Agent, now: Instant): void {
    const { uuid, pick, below, oneIn } = this.#random;
    const real = !oneIn(8);
    // One in eight is no execution of a task list: a pseudo id without parents.
    agent.execution = real
      ? uuid()
      : pick([
          'system-event',
          `telegram-${1e6 + below(9e6)}`,
          `script-${pick(['backfill', 'nightly', 'doctor'])}-${below(500)}`,
        ]);
    agent.tasks = Array.from({ length: 3 + below(6) }, () => uuid());
    agent.task = pick(agent.tasks);
    agent.sequence = 0;
    agent.wave = 1;
    agent.transcript = agent.skill = agent.tool = agent.chain = null;
    agent.rowsLeft = 200 + below(1500);
    if (!real) return;
    this.#runs += 1;
    const list = `tl-${1 + below(40)}`;
    const status = oneIn(9) ? 'failed' : 'completed';
    const times = [pythonTime(now), pythonTime(asInstant(now + below(4 * 3600) * 1e6)), sqliteTime(now)];
    this.#insert('task_list_execution_runs', [agent.execution, list, this.#runs, status, ...times]);
    for (const [at, task] of agent.tasks.entries()) {
      // One task in twenty is gone: rows that name it have no parent.
      if (oneIn(20)) continue;
      const display = `T-${String(this.#runs).padStart(3, '0')}-${at + 1}`;
      this.#insert('tasks', [task, display, list, pick(this.#texts.titles), 'done', serverTime(now)]);
    }
  }
}
