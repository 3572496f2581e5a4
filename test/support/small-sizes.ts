/** Whether the tests run with sizes of their own (see `draw-sizes.ts`): then a run has many times the actions. */
export const smallSizes: boolean = (process.env.FIRN_TEST_SIZES ?? '') !== '';
