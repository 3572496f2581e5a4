import { asInstant, type Instant } from '../model/instant.ts';
import type { Random } from './random.ts';

const SECOND = 1_000_000;

/** As Python's `isoformat` writes it: microseconds, none when they are 0. */
export function pythonTime(instant: Instant): string {
  const fraction = instant % SECOND;
  const seconds = `${isoSeconds(instant)}`;
  return fraction === 0 ? `${seconds}Z` : `${seconds}.${String(fraction).padStart(6, '0')}Z`;
}

/** As JavaScript's `toISOString` writes it: always milliseconds. */
export function serverTime(instant: Instant): string {
  return `${isoSeconds(instant)}.${String(Math.floor((instant % SECOND) / 1000)).padStart(3, '0')}Z`;
}

/** As SQLite's `datetime('now')` writes it: UTC without saying so. */
export function sqliteTime(instant: Instant): string {
  return isoSeconds(instant).replace('T', ' ');
}

/** As one of the message buses writes it. */
export function offsetTime(instant: Instant): string {
  return pythonTime(instant).replace('Z', '+00:00');
}

/** As one of the two usual writers does; one in a hundred hits a whole second. */
export function writerTime(random: Random, instant: Instant): string {
  if (random.below(10) < 3) return serverTime(instant);
  return pythonTime(random.oneIn(100) ? asInstant(instant - (instant % SECOND)) : instant);
}

let minute = -1;
let minuteText = '';

/** Rows come in the order of time, so the text of a minute is made once. */
function isoSeconds(instant: Instant): string {
  const seconds = Math.floor(instant / SECOND);
  const second = seconds % 60;
  if ((seconds - second) / 60 !== minute) {
    minute = (seconds - second) / 60;
    minuteText = new Date(minute * 60_000).toISOString().slice(0, 17);
  }
  return second < 10 ? `${minuteText}0${second}` : minuteText + second;
}
