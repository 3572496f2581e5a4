import { type ResourceLimits, Worker } from 'node:worker_threads';

/**
 * A thread does not inherit the cache of the main thread, and without it loading takes longer than a small run. This is said in
 * JavaScript: for a TypeScript file of its own Node would load its compiler into the thread, which takes 17 MB and 0.1 s.
 */
const CACHED = "require('node:module').enableCompileCache();";

/** Starts a thread that runs a source file, named as the sources name it; in the compiled program its JavaScript is run. */
export function startThread(source: URL, workerData: unknown, resourceLimits: ResourceLimits = {}): Worker {
  const isCompiled = import.meta.url.endsWith('.js');
  const file = isCompiled ? source.href.replace(/\.ts$/, '.js') : source.href;
  return new Worker(`${CACHED}import(${JSON.stringify(file)})`, { eval: true, workerData, resourceLimits });
}
