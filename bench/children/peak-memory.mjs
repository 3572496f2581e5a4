/** Loaded before a program: when it ends, the most memory it held (bytes) and its processor time (µs) go to the file that FIRN_BENCH_MEMORY names. */
import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** Linux counts the parent's memory as the child's in getrusage; its own high-water mark is in /proc. */
function peak() {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

/** Of all its threads. */
function processor() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

if (isMainThread)
  process.on('exit', () => writeFileSync(process.env.FIRN_BENCH_MEMORY, `${peak()} ${processor()}`));
