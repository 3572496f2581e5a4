import type { FleetConfig } from '../../config/fleet-config.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError } from '../../model/errors.ts';
import type { Figures } from '../../operate/service/metrics-server.ts';
import { gatheredFreshly } from '../../operate/status/metrics-source.ts';
import { DatabasesMetrics } from '../../operate/status/prometheus.ts';
import { readStatus } from '../../operate/status/read-status.ts';
import { type Fleet, memberStores, openFleet } from './open-fleet.ts';

export interface MetricsOfAll {
  readonly text: string;
  /** What is wrong with entries of `databases`, and with those that could not be read. */
  readonly problems: readonly FirnError[];
  /** A line for each database that needs attention. */
  readonly attention: readonly string[];
}

/** The metrics of several databases. */
export async function metricsOfAll({ members, problems }: Fleet, clock: Clock): Promise<MetricsOfAll> {
  const metrics = new DatabasesMetrics();
  const unread: FirnError[] = [];
  const attention: string[] = [];
  for (const member of members) {
    try {
      if (member.refused !== null) throw member.refused;
      const status = await readStatus(memberStores(member, clock));
      metrics.add(member.database, status);
      if (status.health.level !== 'ok') attention.push(`${member.database}: ${status.health.line}`);
    } catch (error) {
      if (!(error instanceof FirnError)) throw error;
      metrics.add(member.database, null);
      unread.push(error);
    }
  }
  return { text: await metrics.text(problems.length), problems: [...problems, ...unread], attention };
}

/** What `firn run --listen` serves about several databases. */
export function figuresOfAll(config: FleetConfig, clock: Clock, working: () => boolean): Figures {
  const gather = gatheredFreshly(clock, working, async () =>
    metricsOfAll(await openFleet(config, clock), clock),
  );
  return {
    metrics: async () => (await gather()).text,
    health: async () => {
      const { problems, attention } = await gather();
      const lines = [...problems.map(({ path, message }) => `${path}: ${message}`), ...attention];
      const line = lines.length === 0 ? 'ok: all jobs ran on time' : `attention: ${lines.join('; ')}`;
      return {
        ok: lines.length === 0,
        body: { health: { level: lines.length === 0 ? 'ok' : 'attention', line, problems: lines } },
      };
    },
  };
}
