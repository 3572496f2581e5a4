import { DAY, type Program } from '../program.ts';

const text = (...names: string[]): string => names.map((name) => `[${name}] TEXT`).join(', ');

/** The full-text table is kept in step by triggers, as sqlite-utils makes them. */
export const llm: Program = {
  name: 'llm logs.db',
  version: '0.26 to 0.31',
  source: 'https://llm.datasette.io/en/stable/logging.html#sql-schema',
  schema: `
    CREATE TABLE [_llm_migrations] ([name] TEXT PRIMARY KEY, [applied_at] TEXT);
    CREATE TABLE [conversations] ([id] TEXT PRIMARY KEY, ${text('name', 'model')});
    CREATE TABLE [schemas] ([id] TEXT PRIMARY KEY, [content] TEXT);
    CREATE TABLE "responses" ([id] TEXT PRIMARY KEY, ${text('model', 'prompt', 'system', 'prompt_json', 'options_json', 'response', 'response_json')},
      [conversation_id] TEXT REFERENCES [conversations]([id]), [duration_ms] INTEGER, [datetime_utc] TEXT, [input_tokens] INTEGER, [output_tokens] INTEGER,
      [token_details] TEXT, [schema_id] TEXT REFERENCES [schemas]([id]), [resolved_model] TEXT);
    CREATE VIRTUAL TABLE [responses_fts] USING FTS5 ([prompt], [response], content=[responses]);
    CREATE TRIGGER [responses_ai] AFTER INSERT ON [responses] BEGIN
      INSERT INTO [responses_fts] (rowid, [prompt], [response]) VALUES (new.rowid, new.[prompt], new.[response]); END;
    CREATE TRIGGER [responses_ad] AFTER DELETE ON [responses] BEGIN
      INSERT INTO [responses_fts] ([responses_fts], rowid, [prompt], [response]) VALUES('delete', old.rowid, old.[prompt], old.[response]); END;
    CREATE TRIGGER [responses_au] AFTER UPDATE ON [responses] BEGIN
      INSERT INTO [responses_fts] ([responses_fts], rowid, [prompt], [response]) VALUES('delete', old.rowid, old.[prompt], old.[response]);
      INSERT INTO [responses_fts] (rowid, [prompt], [response]) VALUES (new.rowid, new.[prompt], new.[response]); END;
    CREATE TABLE [attachments] ([id] TEXT PRIMARY KEY, ${text('type', 'path', 'url')}, [content] BLOB);
    CREATE TABLE [prompt_attachments] ([response_id] TEXT REFERENCES [responses]([id]), [attachment_id] TEXT REFERENCES [attachments]([id]), [order] INTEGER,
      PRIMARY KEY ([response_id], [attachment_id]));
    CREATE TABLE [fragments] ([id] INTEGER PRIMARY KEY, ${text('hash', 'content', 'datetime_utc', 'source')});
    CREATE TABLE [fragment_aliases] ([alias] TEXT PRIMARY KEY, [fragment_id] INTEGER REFERENCES [fragments]([id]));
    CREATE TABLE "prompt_fragments" ([response_id] TEXT REFERENCES [responses]([id]), [fragment_id] INTEGER REFERENCES [fragments]([id]), [order] INTEGER,
      PRIMARY KEY ([response_id], [fragment_id], [order]));
    CREATE TABLE [tools] ([id] INTEGER PRIMARY KEY, ${text('hash', 'name', 'description', 'input_schema', 'plugin')});
    CREATE TABLE [tool_calls] ([id] INTEGER PRIMARY KEY, [response_id] TEXT REFERENCES [responses]([id]), [tool_id] INTEGER REFERENCES [tools]([id]),
      ${text('name', 'arguments', 'tool_call_id')});
    CREATE TABLE [tool_results] ([id] INTEGER PRIMARY KEY, [response_id] TEXT REFERENCES [responses]([id]), [tool_id] INTEGER REFERENCES [tools]([id]),
      ${text('name', 'output', 'tool_call_id')}, [exception] TEXT);`,
  answers: {
    _llm_migrations: ['migrations', 'applied_at'],
    conversations: ['no_time', null],
    schemas: ['no_time', null],
    responses: ['archive', 'datetime_utc'],
    attachments: ['no_time', null],
    prompt_attachments: ['with', null],
    fragments: ['in_use', 'datetime_utc'],
    fragment_aliases: ['no_time', null],
    prompt_fragments: ['with', null],
    tools: ['no_time', null],
    tool_calls: ['with', null],
    tool_results: ['with', null],
  },
  fill(pen) {
    const { write, moments, below, rows, now, days } = pen;
    const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1)}${100 + below(900)}+00:00`;
    for (let n = 0; n < 18; n++)
      write('_llm_migrations', {
        name: `m0${10 + n}_x`,
        applied_at: `${utc(now - days * DAY)
          .slice(0, 26)
          .replace('T', ' ')}+00:00`,
      });
    for (let id = 1; id <= 4; id++) {
      const datetime_utc = utc(now - days * DAY + id * 3_600_000);
      write('fragments', {
        id,
        hash: pen.hex(64),
        content: `# Notes ${id}`,
        datetime_utc,
        source: `notes/${id}.md`,
      });
      write('tools', {
        id,
        hash: pen.hex(64),
        name: `tool${id}`,
        description: 'x',
        input_schema: '{}',
        plugin: null,
      });
    }
    write('fragment_aliases', { alias: 'notes', fragment_id: 1 });
    let conversation = '';
    for (const [at, ms] of moments(rows).entries()) {
      if (at % 4 === 0) {
        conversation = `01${pen.hex(24)}`;
        write('conversations', { id: conversation, name: `About ${at}`, model: 'gpt-4o-mini' });
      }
      const id = `01${pen.hex(24)}`;
      write('responses', {
        ...{
          id,
          model: 'gpt-4o-mini',
          prompt: `question ${at}`,
          system: null,
          prompt_json: '{"messages":[]}',
          options_json: '{}',
          response: `answer ${at}`,
        },
        ...{
          response_json: '{"content":""}',
          conversation_id: conversation,
          duration_ms: 400 + below(9000),
          datetime_utc: utc(ms),
          input_tokens: below(900),
          output_tokens: below(900),
        },
      });
      if (at % 9 === 0) {
        const attachment_id = pen.hex(64);
        write('attachments', {
          id: attachment_id,
          type: 'image/png',
          path: null,
          url: null,
          content: Buffer.from(pen.hex(40), 'hex'),
        });
        write('prompt_attachments', { response_id: id, attachment_id, order: 0 });
      }
      if (at % 3 === 0) write('prompt_fragments', { response_id: id, fragment_id: 1 + below(4), order: 0 });
      if (at % 5 === 0) {
        const tool_call_id = `call_${pen.hex(20)}`;
        write('tool_calls', {
          response_id: id,
          tool_id: 1 + below(4),
          name: 'tool',
          arguments: '{}',
          tool_call_id,
        });
        write('tool_results', {
          response_id: id,
          tool_id: 1 + below(4),
          name: 'tool',
          output: 'ok',
          tool_call_id,
          exception: null,
        });
      }
    }
  },
};
