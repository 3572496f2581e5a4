import { fileURLToPath } from 'node:url';

/** This program's launcher: the same place from the sources and from the compiled program. */
export const LAUNCHER: string = fileURLToPath(new URL('../../../bin/firn.js', import.meta.url));
