/**
 * What a generator yields, made one item ahead: while an item is in the hands of who asked for it, the next one is in the making. When
 * nobody asks any more, `drop` gets what was made in vain.
 */
export async function* oneAhead<T>(
  source: AsyncGenerator<T>,
  drop: (item: T) => Promise<void>,
): AsyncGenerator<T, void, void> {
  let next = begin(source);
  try {
    for (;;) {
      const item = await next;
      if (item.done) return;
      next = begin(source);
      yield item.value;
    }
  } finally {
    const left = await next.catch(() => null);
    if (left !== null && !left.done) await drop(left.value);
    await source.return(undefined);
  }
}

/** Its failure is for whoever asks for the item; until then it is nobody's unhandled rejection. */
function begin<T>(source: AsyncGenerator<T>): Promise<IteratorResult<T>> {
  const next = source.next();
  next.catch(() => undefined);
  return next;
}
