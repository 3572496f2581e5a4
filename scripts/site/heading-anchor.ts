/** The anchors that GitHub gives to the headings of one page, in their order: a second heading of one text gets `-1`. */
export class HeadingAnchors {
  readonly #given = new Map<string, number>();

  next(heading: string): string {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const before = this.#given.get(anchor) ?? 0;
    this.#given.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  }
}
