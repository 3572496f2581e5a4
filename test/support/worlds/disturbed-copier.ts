import type { Copier } from '../../../src/copying/copier.ts';

/** A copier; `meanwhile` runs when a segment is copied and none of its rows is deleted yet. */
export function disturbedCopier(copier: Copier, meanwhile: (segment: string) => void): Copier {
  return {
    survey: (shape, rule) => copier.survey(shape, rule),
    surveyBound: (bound) => copier.surveyBound(bound),
    dangling: (reference) => copier.dangling(reference),
    async *copy(task) {
      for await (const copy of copier.copy(task)) {
        meanwhile(copy.receipt.segment);
        yield copy;
      }
    },
    async *copyGroups(task) {
      for await (const group of copier.copyGroups(task)) {
        for (const { receipt } of group.copies) meanwhile(receipt.segment);
        yield group;
      }
    },
    [Symbol.asyncDispose]: () => copier[Symbol.asyncDispose](),
  };
}
