/**
 * Works on items in order, `lanes` of them at a time, until `work` says false (items that were begun are finished). When one fails, the
 * others are waited for before its error is thrown.
 */
export async function inLanes<Item>(
  items: Iterable<Item>,
  lanes: number,
  work: (item: Item) => Promise<boolean>,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const errors: unknown[] = [];
  let goesOn = true;
  const lane = async (): Promise<void> => {
    while (goesOn) {
      const next = waiting.next();
      if (next.done === true) return;
      try {
        if (!(await work(next.value))) goesOn = false;
      } catch (error) {
        errors.push(error);
        goesOn = false;
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (errors.length > 0) throw errors[0];
}
