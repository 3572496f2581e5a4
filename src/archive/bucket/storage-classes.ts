const FROZEN = ['GLACIER', 'DEEP_ARCHIVE'];

/** Whether objects of the storage class cannot be read before they are thawed. Null is the usual class. */
export function isFrozenClass(storageClass: string | null): boolean {
  return storageClass !== null && FROZEN.includes(storageClass);
}

/** The same of a class some of whose objects may have to be thawed. */
export function mayBeFrozen(storageClass: string): boolean {
  return isFrozenClass(storageClass) || storageClass === 'INTELLIGENT_TIERING';
}
