import type { Figures } from '../../operate/service/metrics-server.ts';
import type { WebAccess } from '../../web/access/web-settings.ts';
import { serveWeb, type WebServer } from '../../web/server/serve-web.ts';
import type { Context } from '../frame/context.ts';
import { LAUNCHER } from '../frame/launcher.ts';
import { processRunner } from './process-runner.ts';

/** Serves the pages of the configuration in force; disposing of it ends the commands that still run. */
export async function startWeb(
  context: Context,
  access: WebAccess,
  figures: Figures | null = null,
): Promise<WebServer> {
  const { database } = await context.config();
  const globals = globalsOf(context);
  const runner = processRunner({ launcher: LAUNCHER, globals, cwd: context.io.cwd, env: context.io.env });
  const site = {
    runner,
    allowChanges: access.allowChanges,
    database: database.text,
    globals,
    clock: () => new Date(context.io.clock.now()),
  };
  try {
    const server = await serveWeb(site, access, figures);
    return {
      ...server,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await runner[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await runner[Symbol.asyncDispose]();
    throw error;
  }
}

/** The global options as they were given: a command in the same folder means the same with them. */
function globalsOf({ flags }: Context): string[] {
  const given: readonly (readonly [string, string | undefined])[] = [
    ['--config', flags.config],
    ['--db-path', flags.dbPath],
    ['--archive-path', flags.archivePath],
    ['--database', flags.database],
  ];
  return given.flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
}
