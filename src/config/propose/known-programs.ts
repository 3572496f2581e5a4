import { mlflow } from '../programs/agents/mlflow.ts';
import { gitea } from '../programs/services/gitea.ts';
import { grafana } from '../programs/services/grafana.ts';
import { pocketBase } from '../programs/services/pocketbase.ts';
import { uptimeKuma } from '../programs/services/uptime-kuma.ts';
import { firefox } from '../programs/things/firefox.ts';
import { piHole } from '../programs/things/pi-hole.ts';
import { type KnownProgram, knownProgram } from './known-program.ts';

/** The programs whose configuration is known, in the order in which they are looked for. */
export const KNOWN_PROGRAMS: readonly KnownProgram[] = [
  ...[uptimeKuma, piHole, grafana, gitea, firefox, mlflow, pocketBase],
].map(knownProgram);
