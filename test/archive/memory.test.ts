import { archiveStoreContract } from '../contract/archive-store.ts';
import { MemoryArchive, MemoryPlace } from '../support/archives/memory-archive.ts';

archiveStoreContract('the memory archive', async () => {
  const place = new MemoryPlace();
  return () => new MemoryArchive(place);
});
