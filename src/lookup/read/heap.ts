/** A priority queue: the least item first. */
export class Heap<T> {
  readonly #compare: (a: T, b: T) => number;
  #items: T[] = [];

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#compare(item, items[parent]!) >= 0) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#compare(items[child + 1]!, items[child]!) < 0) child++;
      if (this.#compare(last, items[child]!) <= 0) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return first;
  }

  /** The `count` least items, in order. */
  first(count: number): T[] {
    const found: T[] = [];
    const places = this.#items.length === 0 ? [] : [0];
    while (found.length < count && places.length > 0) {
      places.sort((a, b) => this.#compare(this.#items[a]!, this.#items[b]!));
      const place = places.shift()!;
      found.push(this.#items[place]!);
      places.push(...[2 * place + 1, 2 * place + 2].filter((child) => child < this.#items.length));
    }
    return found;
  }

  /** Keeps the `count` least items and returns the others. */
  cut(count: number): T[] {
    // A sorted list is a heap.
    this.#items.sort(this.#compare);
    return this.#items.splice(count);
  }
}
