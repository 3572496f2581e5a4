import type { Random } from '../../faults/random.ts';
import { type Fault, possibleFaults } from './fault.ts';
import type { DrawFault } from './fault-injector.ts';

export interface FaultRate {
  /** The share of requests with which something goes wrong, outside of bursts. */
  readonly share: number;
  /** The share of requests with which a burst begins, in which up to `burst` requests fail one after the other. */
  readonly bursts: number;
  readonly burst: number;
  readonly staleLists: boolean;
}

/** Faults by chance, the same for the same seed and the same requests. */
export function drawnFaults(random: Random, { share, bursts, burst, staleLists }: FaultRate): DrawFault {
  let left = 0;
  return (request) => {
    if (left === 0 && random.next() < bursts) left = random.integer(1, burst);
    if (left > 0) left--;
    else if (random.next() >= share) return null;
    return random.pick(possibleFaults(request, random, staleLists));
  };
}

/** One fault with the request of that number, and with those after it when it happens several times. */
export function faultAt(at: number, fault: Fault, times = 1): DrawFault {
  return (_, number) => (number >= at && number < at + times ? fault : null);
}
