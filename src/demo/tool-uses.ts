import { Agents } from './agents.ts';
import { build, type DemoOptions, type DemoSummary, instants } from './demo-database.ts';
import { toolUse } from './rows.ts';

/** Makes a database of tool uses alone, about 1.3 KB each as JSON, with all ten indexes: the benchmarks' yardstick. */
export function createToolUses(path: string, options: DemoOptions): DemoSummary {
  return build(path, options, (insert, random, texts) => {
    const agents = new Agents(10, random, texts, insert);
    const { oneIn, pick } = random;
    const pool = Array.from({ length: 4000 }, () =>
      oneIn(3) ? pick(texts.outputs) : `[${pick(texts.outputs)},${pick(texts.outputs)}]`,
    );
    for (const at of instants(options, random)) {
      const scene = { random, texts, agent: agents.next(at), at, openSince: options.now, insert };
      insert('tool_uses', toolUse(scene, pool));
    }
  });
}
