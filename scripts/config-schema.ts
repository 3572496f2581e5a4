// Writes schema/config.schema.json, which gives editors completion and checks for firn.config.yaml:
//   node scripts/config-schema.ts
import { writeFileSync } from 'node:fs';
import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import { editorSchema } from '../src/config/file-schema.ts';

export const SCHEMA_FILE: URL = new URL('../schema/config.schema.json', import.meta.url);

/** The schema as the file holds it. What a check in code decides beyond it is left to Firn. */
export function configSchemaText(): string {
  const schema = toJsonSchema(editorSchema, { typeMode: 'input', ignoreActions: ['check', 'transform'] });
  const { $schema, ...rest } = schema;
  const titled: JsonSchema = {
    ...($schema === undefined ? {} : { $schema }),
    title: 'firn.config.yaml',
    ...rest,
  };
  return `${JSON.stringify(titled, null, 2)}\n`;
}

if (import.meta.main) writeFileSync(SCHEMA_FILE, configSchemaText());
