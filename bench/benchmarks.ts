import { archive } from './archive.ts';
import type { Benchmark } from './benchmark.ts';
import { copy } from './copy.ts';
import { databases } from './databases.ts';
import { growth } from './growth.ts';
import { lake } from './lake.ts';
import { restore } from './restore.ts';
import { s3 } from './s3.ts';
import { search } from './search.ts';
import { segments } from './segments.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { units } from './units.ts';
import { verify } from './verify.ts';
import { writer } from './writer.ts';

/** Every benchmark, in the order of docs/performance.md. */
export const BENCHMARKS: readonly Benchmark[] = [
  archive,
  units,
  copy,
  verify,
  search,
  lake,
  segments,
  s3,
  restore,
  growth,
  writer,
  start,
  status,
  databases,
];
