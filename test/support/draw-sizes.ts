import { parseSizes, setSizes } from '../../src/model/sizes.ts';

/*
 * To be imported before a test file: draws the sizes that FIRN_TEST_SIZES names, as the program's entry does.
 * See the script `test:small`.
 */
const text = process.env.FIRN_TEST_SIZES;
if (text !== undefined && text !== '') setSizes(parseSizes(text));
