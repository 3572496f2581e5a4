/** A method call on a store: its name (`archive.create`), whether it may change anything, and the call itself. */
export type AroundCall = <T>(name: string, changes: boolean, run: () => Promise<T>) => Promise<T>;

export interface Calls {
  /** The prefix of names: `archive`. */
  readonly name: string;
  /** Methods that change nothing. Every other method is taken to change something. */
  readonly reads: ReadonlySet<string>;
  readonly around: AroundCall;
  /** Whether disposing still reaches the object; it never throws. */
  readonly disposes: () => boolean;
  /** Wraps what a method returned or a property holds, for objects that are to be intercepted too. */
  readonly wrap?: (member: string, value: unknown) => unknown;
}

/** The same object, with every method call passing through `around`. Methods must be asynchronous. */
export function interceptCalls<T extends object>(target: T, calls: Calls): T {
  return new Proxy(target, {
    get(_, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof key === 'symbol') {
        if (key !== Symbol.asyncDispose || typeof value !== 'function') return value;
        return async () => {
          if (calls.disposes()) await Reflect.apply(value, target, []);
        };
      }
      if (typeof value !== 'function') return calls.wrap?.(key, value) ?? value;
      return (...args: unknown[]) => intercepted(calls, key, () => Reflect.apply(value, target, args));
    },
  });
}

/** Methods that give one thing after the other. */
const ITERATED = new Set(['blocks', 'keys', 'keyless']);

function intercepted(calls: Calls, key: string, run: () => unknown): unknown {
  const name = `${calls.name}.${key}`;
  if (ITERATED.has(key)) return interceptedIterable(calls, name, run as () => AsyncIterable<unknown>);
  return calls.around(name, !calls.reads.has(key), async () => {
    const result = await run();
    return calls.wrap?.(key, result) ?? result;
  });
}

async function* interceptedIterable(
  calls: Calls,
  name: string,
  run: () => AsyncIterable<unknown>,
): AsyncGenerator<unknown, void, void> {
  const iterator = run()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await calls.around(name, false, () => iterator.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    if (calls.disposes()) await iterator.return?.();
  }
}
