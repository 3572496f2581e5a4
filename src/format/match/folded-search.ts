import { sizes } from '../../model/sizes.ts';
import { foldBytes } from './needle.ts';

/** Gives the place, from an offset on, of the next of the searched texts; -1 when there is none. */
export type Finder = (from: number) => number;

/** The program of `folded-search.wat`. */
const PROGRAM =
  'AGFzbQEAAAABDgJgAXsBe2AEf39/fwF/AwMCAAEFAwEABgcRAgZtZW1vcnkCAARmaW5kAAEK5gECGwAgAEEg/Q8gAEHBAP0P' +
  '/XFBGv0P/Sb9Tv1QC8cBAgJ7BH8gAC0AAP0PIQQgACADai0AAP0PIQUgAiADayECAkADQCABIAJPDQEgBCAB/QAAABAA/SMg' +
  'BSABIANq/QAAABAA/SP9Tv1kIQYCQANAIAZFDQEgASAGaGohByAGIAZBAWtxIQYgByACTw0DQQEhCAJAA0AgCCADTwRAIAcP' +
  'CyAHIAhqLQAAIQkgCSAJQcEAa0EaSUEFdHIhCSAJIAAgCGotAABHDQEgCEEBaiEIDAALCwwACwsgAUEQaiEBDAALC0F/Cw==';

/** What is needed of the global of this name, which Node's types leave empty. */
interface Assembly {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => { readonly exports: { memory: { buffer: ArrayBuffer }; find: Program['find'] } };
}

interface Program {
  readonly memory: Uint8Array;
  find(needle: number, at: number, end: number, last: number): number;
}

/** Each needle has its own place at the start of the memory. */
const NEEDLE_ROOM = 256;
/** A needle is cut to so many bytes: whatever the text is, hardly more bytes are compared than are searched. */
const MOST_NEEDLE = 48;
const PIECE_AT = 64 << 10;
const PIECE_ROOM = 256 << 10;

let started: Program | null | undefined;

/** Null where WebAssembly or its instructions for 16 bytes are missing. */
function program(): Program | null {
  if (started === undefined) {
    try {
      const { Module, Instance } = (globalThis as unknown as { WebAssembly: Assembly }).WebAssembly;
      const { memory, find } = new Instance(new Module(Buffer.from(PROGRAM, 'base64'))).exports;
      started = { memory: new Uint8Array(memory.buffer), find };
    } catch {
      started = null;
    }
  }
  return started;
}

/** For tests: whether 16 bytes at once are searched here. */
export function usesVectors(): boolean {
  return program() !== null;
}

/**
 * Finds any of these lower-case needles, whatever the case of the text's ASCII letters: sometimes a place that only begins like one, never one too
 * few. Each call may be for a later offset than the one before, and no other finder may be asked between two calls.
 */
export function foldedFinder(bytes: Buffer, needles: readonly Uint8Array[]): Finder {
  const found = program();
  return found === null ? lowerCaseFinder(bytes, needles) : vectorFinder(found, bytes, needles);
}

function vectorFinder({ memory, find }: Program, bytes: Buffer, needles: readonly Uint8Array[]): Finder {
  const lasts = needles.map((needle) => Math.min(needle.length, MOST_NEEDLE) - 1);
  for (const [nth, needle] of needles.entries())
    memory.set(needle.subarray(0, MOST_NEEDLE), nth * NEEDLE_ROOM);
  // A needle may begin in one piece and end in the next.
  const overlap = Math.max(...lasts);
  const size = Math.min(sizes.foldedBytes, PIECE_ROOM) + overlap;
  let [start, end] = [0, 0];
  const places: number[] = [];
  const placeOf = (nth: number, at: number): number => {
    const place = find(nth * NEEDLE_ROOM, PIECE_AT + at - start, PIECE_AT + end - start, lasts[nth]!);
    return place < 0 ? Number.POSITIVE_INFINITY : start + place - PIECE_AT;
  };
  return (from) => {
    for (let at = from; at < bytes.length; at = end - overlap) {
      if (at < start || at + overlap >= end) {
        [start, end] = [at, Math.min(bytes.length, at + size)];
        memory.set(bytes.subarray(start, end), PIECE_AT);
        places.fill(-1);
      }
      let first = Number.POSITIVE_INFINITY;
      for (const nth of needles.keys()) {
        if ((places[nth] ?? -1) < at) places[nth] = placeOf(nth, at);
        first = Math.min(first, places[nth]!);
      }
      if (first < end) return first;
      if (end === bytes.length) return -1;
    }
    return -1;
  };
}

/** The same without WebAssembly. */
export function lowerCaseFinder(bytes: Buffer, needles: readonly Uint8Array[]): Finder {
  const wanted = needles.map((needle) => foldBytes(needle));
  const overlap = Math.max(...needles.map(({ length }) => length)) - 1;
  let [start, end, folded] = [0, 0, ''];
  return (from) => {
    for (let at = from; at < bytes.length; at = end - overlap) {
      if (at < start || at + overlap >= end) {
        // In pieces: larger strings are three times as dear, as each comes from fresh memory.
        [start, end] = [at, Math.min(bytes.length, at + sizes.foldedBytes + overlap)];
        folded = foldBytes(bytes.subarray(start, end));
      }
      const places = wanted.map((text) => folded.indexOf(text, at - start)).filter((place) => place >= 0);
      if (places.length > 0) return start + Math.min(...places);
      if (end === bytes.length) return -1;
    }
    return -1;
  };
}
