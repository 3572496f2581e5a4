import { DAY, type Program, spaced } from '../program.ts';

const CREATED = `datetime(3) NOT NULL DEFAULT (STRFTIME('%Y-%m-%d %H:%M:%f','NOW'))`;

export const n8n: Program = {
  name: 'n8n',
  version: '2.x',
  source: 'https://github.com/n8n-io/n8n/tree/master/packages/%40n8n/db/src/entities',
  schema: `
    CREATE TABLE "migrations" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "timestamp" bigint NOT NULL, "name" varchar NOT NULL);
    CREATE TABLE "settings" ("key" text NOT NULL PRIMARY KEY, "value" text NOT NULL DEFAULT '', "loadOnStartup" boolean NOT NULL DEFAULT (0));
    CREATE TABLE "user" ("id" varchar PRIMARY KEY NOT NULL, "email" varchar(255), "firstName" varchar(32), "lastName" varchar(32), "password" varchar,
      "createdAt" ${CREATED}, "updatedAt" ${CREATED}, "settings" text, "disabled" boolean NOT NULL DEFAULT (0), "mfaEnabled" boolean NOT NULL DEFAULT (0),
      "lastActiveAt" date, "roleSlug" varchar(128) NOT NULL DEFAULT ('global:member'));
    CREATE TABLE "project" ("id" varchar(36) PRIMARY KEY NOT NULL, "name" varchar(255) NOT NULL, "type" varchar(36) NOT NULL,
      "createdAt" ${CREATED}, "updatedAt" ${CREATED}, "icon" text, "description" varchar(512), "creatorId" varchar);
    CREATE TABLE "workflow_entity" ("id" varchar(36) PRIMARY KEY NOT NULL, "name" varchar(128) NOT NULL, "active" boolean NOT NULL, "nodes" text,
      "connections" text, "settings" text, "staticData" text, "pinData" text, "versionId" varchar(36) NOT NULL, "triggerCount" integer DEFAULT (0),
      "meta" text, "parentFolderId" varchar(36), "createdAt" ${CREATED}, "updatedAt" ${CREATED}, "isArchived" boolean NOT NULL DEFAULT (FALSE));
    CREATE TABLE "workflow_history" ("versionId" varchar(36) PRIMARY KEY NOT NULL, "workflowId" varchar(36) NOT NULL, "authors" varchar(255) NOT NULL,
      "createdAt" ${CREATED}, "updatedAt" ${CREATED}, "nodes" text NOT NULL, "connections" text NOT NULL,
      FOREIGN KEY("workflowId") REFERENCES "workflow_entity" ("id") ON DELETE CASCADE);
    CREATE TABLE "credentials_entity" ("id" varchar(36) PRIMARY KEY NOT NULL, "name" varchar(128) NOT NULL, "data" text NOT NULL, "type" varchar(128) NOT NULL,
      "createdAt" ${CREATED}, "updatedAt" ${CREATED}, "isManaged" boolean NOT NULL DEFAULT (0));
    CREATE TABLE "webhook_entity" ("workflowId" varchar(36) NOT NULL, "webhookPath" varchar NOT NULL, "method" varchar NOT NULL, "node" varchar NOT NULL,
      "webhookId" varchar, "pathLength" integer, PRIMARY KEY ("webhookPath", "method"),
      FOREIGN KEY("workflowId") REFERENCES "workflow_entity" ("id") ON DELETE CASCADE);
    CREATE TABLE "execution_entity" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "workflowId" varchar(36) NOT NULL, "finished" boolean NOT NULL,
      "mode" varchar NOT NULL, "retryOf" varchar, "retrySuccessId" varchar, "startedAt" datetime, "stoppedAt" datetime, "waitTill" datetime,
      "status" varchar NOT NULL, "deletedAt" datetime(3), "createdAt" ${CREATED}, "storedAt" varchar(2) NOT NULL DEFAULT ('db'),
      FOREIGN KEY("workflowId") REFERENCES "workflow_entity" ("id") ON DELETE CASCADE);
    CREATE INDEX "IDX_execution_entity_stoppedAt" ON "execution_entity" ("stoppedAt");
    CREATE INDEX "IDX_execution_entity_deletedAt" ON "execution_entity" ("deletedAt");
    CREATE INDEX "IDX_execution_entity_workflowId_startedAt" ON "execution_entity" ("workflowId", "startedAt");
    CREATE INDEX "IDX_execution_entity_waitTill" ON "execution_entity" ("waitTill") WHERE "waitTill" IS NOT NULL;
    CREATE TABLE "execution_data" ("executionId" int PRIMARY KEY NOT NULL, "workflowData" text NOT NULL, "data" text NOT NULL, "workflowVersionId" varchar(36),
      FOREIGN KEY("executionId") REFERENCES "execution_entity" ("id") ON DELETE CASCADE);
    CREATE TABLE "execution_metadata" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "executionId" integer NOT NULL, "key" varchar(255) NOT NULL,
      "value" text NOT NULL, FOREIGN KEY("executionId") REFERENCES "execution_entity" ("id") ON DELETE CASCADE);
    CREATE UNIQUE INDEX "IDX_execution_metadata" ON "execution_metadata" ("executionId", "key");`,
  answers: {
    migrations: ['migrations', 'timestamp'],
    settings: ['no_time', null],
    user: ['accounts', 'createdAt'],
    project: ['living', 'createdAt'],
    workflow_entity: ['in_use', 'createdAt'],
    workflow_history: ['archive', 'createdAt'],
    credentials_entity: ['living', 'createdAt'],
    webhook_entity: ['no_time', null],
    execution_entity: ['archive', 'createdAt'],
    execution_data: ['with', null],
    execution_metadata: ['with', null],
  },
  fill(pen) {
    const { write, moments, below, rows, now, days } = pen;
    const start = now - days * DAY;
    for (let n = 0; n < 30; n++)
      write('migrations', { timestamp: start - (30 - n) * 20 * DAY, name: `Migration${n}` });
    write('settings', { key: 'userManagement.isInstanceOwnerSetUp', value: 'true', loadOnStartup: 1 });
    write('user', {
      id: pen.hex(32),
      email: 'a@example.com',
      password: `$2a$10$${pen.hex(44)}`,
      createdAt: spaced(start),
      updatedAt: spaced(now - DAY),
      lastActiveAt: spaced(now).slice(0, 10),
    });
    for (let n = 0; n < 3; n++)
      write('project', {
        id: `project${n}`,
        name: `P${n}`,
        type: 'team',
        createdAt: spaced(start),
        updatedAt: spaced(now - n * DAY),
      });
    for (let n = 0; n < 6; n++) {
      const createdAt = spaced(start + n * DAY);
      write('workflow_entity', {
        id: `workflow${n}`,
        name: `Workflow ${n}`,
        active: 1,
        nodes: '[]',
        connections: '{}',
        versionId: pen.hex(32),
        createdAt,
        updatedAt: spaced(now - n * DAY),
      });
      write('credentials_entity', {
        id: `cred${n}`,
        name: `Key ${n}`,
        data: pen.hex(40),
        type: 'httpHeaderAuth',
        createdAt,
        updatedAt: spaced(now - n * DAY),
      });
      write('webhook_entity', {
        workflowId: `workflow${n}`,
        webhookPath: `hook/${n}`,
        method: 'POST',
        node: 'Webhook',
        pathLength: 2,
      });
    }
    for (const ms of moments(20))
      write('workflow_history', {
        versionId: pen.hex(32),
        workflowId: `workflow${below(6)}`,
        authors: 'A',
        createdAt: spaced(ms),
        updatedAt: spaced(ms),
        nodes: '[]',
        connections: '{}',
      });
    for (const [at, ms] of moments(rows).entries()) {
      const id = at + 1;
      const waiting = at % 97 === 5;
      const failed = at % 23 === 7;
      write('execution_entity', {
        ...{
          id,
          workflowId: `workflow${below(6)}`,
          finished: waiting || failed ? 0 : 1,
          mode: 'trigger',
          startedAt: spaced(ms + 12),
        },
        ...{
          stoppedAt: waiting ? null : spaced(ms + 900),
          waitTill: waiting ? '3000-01-01 00:00:00.000' : null,
          createdAt: spaced(ms),
        },
        status: waiting ? 'waiting' : failed ? 'error' : 'success',
      });
      write('execution_data', {
        executionId: id,
        workflowData: '{"id":"1","nodes":[]}',
        data: `[{"resultData":"1"},{"runData":"${pen.hex(60)}"}]`,
      });
      if (at % 4 === 0)
        write('execution_metadata', { executionId: id, key: 'customer', value: `c${below(9)}` });
    }
  },
};
