import { enableCompileCache } from 'node:module';

// A thread does not inherit the cache of the main thread, and without it loading takes longer than a small run.
enableCompileCache();
await import('./copy-thread.ts');
