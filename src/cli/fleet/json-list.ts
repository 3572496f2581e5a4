import { answerText } from '../../library/answers/finding/exact-row.ts';

/**
 * Writes a JSON document with one long list in it, element by element, so that nobody has to hold it: `{…head, "databases": […], …tail}`,
 * indented by two spaces as every answer is.
 */
export class JsonList {
  readonly #write: (text: string) => void;
  #count = 0;

  constructor(write: (text: string) => void, head: object, list: string) {
    this.#write = write;
    const opened = inner(head);
    write(`{\n${opened === '' ? '' : `${opened},\n`}  ${JSON.stringify(list)}: [`);
  }

  add(element: object): void {
    this.#write(`${this.#count++ === 0 ? '' : ','}\n${indent(answerText(element, 2), '    ')}`);
  }

  end(tail: object): void {
    const closed = inner(tail);
    this.#write(`${this.#count === 0 ? '' : '\n  '}]${closed === '' ? '' : `,\n${closed}`}\n}\n`);
  }
}

/** The keys of an object without its braces. */
function inner(object: object): string {
  return Object.keys(object).length === 0 ? '' : JSON.stringify(object, null, 2).slice(2, -2);
}

function indent(text: string, by: string): string {
  return text.replaceAll(/^/gm, by);
}
