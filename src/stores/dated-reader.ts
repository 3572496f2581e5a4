import type { HotReader } from '../hot/hot-store.ts';
import { FirnError } from '../model/errors.ts';
import { datedShape } from '../model/policy/dated-shape.ts';
import type { PolicySet } from '../model/policy/policy.ts';

/**
 * The same reader, whose shapes say where rows of child tables have their time from. Where the tables do not fit the policies, the shape is as
 * the database has it: whoever plans says what is wrong.
 */
export function datedReader<R extends HotReader>(reader: R, policies: PolicySet): R {
  const shape: HotReader['shape'] = async (table) => {
    try {
      return await datedShape(reader, policies, table);
    } catch (error) {
      if (!(error instanceof FirnError) || error.code !== 'config') throw error;
      return await reader.shape(table);
    }
  };
  return new Proxy(reader, {
    get: (target, name) => (name === 'shape' ? shape : Reflect.get(target, name)),
  });
}
