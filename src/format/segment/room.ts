/** Memory that several readers share: what one takes, the others must wait for. */
export class Room {
  readonly #bytes: number;
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];
  #taken = 0;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Takes room if there is some now. Nobody is refused when nothing is taken, however much it is. */
  take(bytes: number): boolean {
    if (this.#waiting.length > 0 || !this.#fits(bytes)) return false;
    this.#taken += bytes;
    return true;
  }

  /** Takes room as soon as there is some. Whoever holds room already must not wait for more. */
  async wait(bytes: number): Promise<void> {
    if (this.take(bytes)) return;
    await new Promise<void>((go) => {
      this.#waiting.push({ bytes, go });
    });
  }

  give(bytes: number): void {
    this.#taken -= bytes;
    while (this.#waiting.length > 0 && this.#fits(this.#waiting[0]!.bytes)) {
      const next = this.#waiting.shift()!;
      this.#taken += next.bytes;
      next.go();
    }
  }

  #fits(bytes: number): boolean {
    return this.#taken === 0 || this.#taken + bytes <= this.#bytes;
  }
}
