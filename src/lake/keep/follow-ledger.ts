import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { HotStore } from '../../hot/hot-store.ts';
import type { Ledger, ReceiptMove } from '../../hot/ledger.ts';
import { leaveSegments } from './leave-files.ts';

/**
 * The same store, whose ledger removes lake files before it says that rows of theirs left the archive. Every purge, erasure, rewrite and end of a lease
 * moves receipts, and none can forget the lake. When a lake file cannot be removed, the receipts stay as they are.
 */
export function withLake<S extends HotStore>(store: S, archive: ArchiveStore): S {
  const followed = new Map<Ledger, Ledger>();
  return new Proxy(store, {
    get: (target, name) => {
      if (name !== 'ledger') return Reflect.get(target, name);
      const { ledger } = target;
      const own = followed.get(ledger) ?? followedLedger(ledger, archive);
      followed.set(ledger, own);
      return own;
    },
  });
}

function followedLedger(ledger: Ledger, archive: ArchiveStore): Ledger {
  const move: Ledger['move'] = async (moves, created) => {
    await leaveSegments(
      { ledger, archive },
      moves.filter(leaves).map(({ from }) => from),
    );
    await ledger.move(moves, created);
  };
  return new Proxy(ledger, {
    get: (target, name) => (name === 'move' ? move : Reflect.get(target, name)),
  });
}

function leaves({ from, to }: ReceiptMove): boolean {
  return from.state === 'archived' && to.state !== 'archived';
}
