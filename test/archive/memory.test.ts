import { archiveLockTrials } from '../contract/archive-ownership.ts';
import { archiveStoreContract, type OpenArchive } from '../contract/archive-store.ts';
import { MemoryArchive, MemoryPlace } from '../support/archives/memory-archive.ts';

async function place(): Promise<OpenArchive> {
  const memory = new MemoryPlace();
  return () => new MemoryArchive(memory);
}

archiveStoreContract('the memory archive', place);
archiveLockTrials('the memory archive', place);
