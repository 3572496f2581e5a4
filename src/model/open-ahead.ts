/**
 * Opens one item after the other, some of them ahead of the one in hand, and gives them in their order. Each is closed when the next is asked for;
 * what was opened in vain is closed at the end.
 * @param width how many are open or being opened at once; 1 opens nothing ahead.
 */
export async function* openAhead<I, O>(
  items: readonly I[],
  width: number,
  open: (item: I) => Promise<O>,
  close: (opened: O) => PromiseLike<void>,
): AsyncGenerator<O, void, void> {
  const waiting: Promise<O>[] = [];
  let begun = 0;
  const begin = (): void => {
    while (waiting.length < width && begun < items.length) {
      const opened = open(items[begun++]!);
      // Its failure is for whoever asks for the item; until then it is nobody's unhandled rejection.
      opened.catch(() => undefined);
      waiting.push(opened);
    }
  };
  try {
    for (begin(); waiting.length > 0; begin()) {
      const opened = await waiting.shift()!;
      try {
        yield opened;
      } finally {
        await close(opened);
      }
    }
  } finally {
    for (const left of waiting) await left.then(close, () => undefined);
  }
}
