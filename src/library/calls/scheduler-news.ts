import { runJson } from '../../operate/alarms/run-json.ts';
import type { ServiceEvent } from '../../operate/service/run-service.ts';
import type { SchedulerNews } from '../options/run-options.ts';

/** What a program is told of an event; null for a mere sign of life. */
export function newsOf(event: ServiceEvent): SchedulerNews | null {
  switch (event.event) {
    case 'waiting':
    case 'started':
      return event;
    case 'ended':
      return { event: 'ended', run: runJson(event.record) };
    case 'overdue':
      return { event: 'overdue', jobs: event.states.map(({ job }) => job) };
    case 'blind':
      return { event: 'problem', message: `cannot read the run history: ${(event.error as Error).message}` };
    case 'hook':
      return { event: 'problem', message: event.problem };
    case 'turn':
      return null;
  }
}
