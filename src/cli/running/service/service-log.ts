import pino from 'pino';
import { runJson } from '../../../operate/alarms/run-json.ts';
import type { ServiceEvent } from '../../../operate/service/run-service.ts';
import type { Io } from '../../terminal/io.ts';
import { formatCount, formatElapsed } from '../../terminal/quantity.ts';
import { visible } from '../../terminal/visible.ts';

export type LogFormat = 'text' | 'json';

/** One line of the log: how grave, what for people, and the same for programs. */
interface Entry {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: object;
}

/** Writes what a scheduler does to stderr, a line for each event, for people or (pino's) JSON. */
export function serviceLog(
  { stderr, clock }: Io,
  format: LogFormat,
): (level: Entry['level'], message: string, fields?: object) => void {
  const time = (): string => new Date(clock.now()).toISOString();
  if (format === 'text') {
    return (level, message) => {
      stderr.write(
        `${time()} ${level === 'info' ? '' : `${level === 'warn' ? 'warning' : level}: `}${visible(message)}\n`,
      );
    };
  }
  const logger = pino(
    {
      base: { name: 'firn' },
      timestamp: () => `,"time":"${time()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => stderr.write(line) },
  );
  return (level, message, fields = {}) => logger[level](fields, message);
}

/** The log's entry for an event; null for one that is not worth a line. */
export function entryOf(event: ServiceEvent): Entry | null {
  switch (event.event) {
    case 'turn':
      return null;
    case 'waiting': {
      const { until, reason } = event;
      return { level: 'info', message: `waiting: ${reason}`, fields: { event: 'waiting', until } };
    }
    case 'started': {
      const { job, reason } = event;
      return {
        level: 'info',
        message: `${job} started: ${reason}`,
        fields: { event: 'started', job, reason },
      };
    }
    case 'ended':
      return ended(event);
    case 'blind':
      return {
        level: 'warn',
        message: `cannot read the run history: ${(event.error as Error).message}`,
        fields: { event: 'blind' },
      };
    case 'overdue': {
      const jobs = event.states.map(({ job }) => job);
      return {
        level: 'error',
        message: `overdue: ${jobs.join(', ')}`,
        fields: { event: 'overdue', jobs },
      };
    }
    case 'hook':
      return { level: 'warn', message: event.problem, fields: { event: 'hook' } };
  }
}

function ended({ record }: ServiceEvent & { event: 'ended' }): Entry {
  const { jobs, end } = record;
  const outcome = end?.outcome ?? 'died';
  const grave = outcome === 'failed' || outcome === 'integrity' || outcome === 'died';
  const facts = `${formatCount(end?.records ?? 0)} rows in ${formatElapsed(end?.durationMs ?? 0)}`;
  const why = end?.message ? `: ${end.message}` : '';
  return {
    level: grave ? 'error' : outcome === 'done' ? 'info' : 'warn',
    message: `${jobs.join(', ')} ended: ${outcome}, ${facts}${why}`,
    fields: { event: 'ended', run: runJson(record) },
  };
}
