import { goose } from '../programs/agents/goose.ts';
import { llm } from '../programs/agents/llm.ts';
import { mlflow } from '../programs/agents/mlflow.ts';
import { openWebui } from '../programs/agents/open-webui.ts';
import { opencode } from '../programs/agents/opencode.ts';
import { phoenix } from '../programs/agents/phoenix.ts';
import { gitea } from '../programs/services/gitea.ts';
import { grafana } from '../programs/services/grafana.ts';
import { n8n } from '../programs/services/n8n.ts';
import { pocketBase } from '../programs/services/pocketbase.ts';
import { solidQueue } from '../programs/services/solid-queue.ts';
import { uptimeKuma } from '../programs/services/uptime-kuma.ts';
import { firefox } from '../programs/things/firefox.ts';
import { homeAssistant } from '../programs/things/home-assistant.ts';
import { piHole } from '../programs/things/pi-hole.ts';
import { type KnownProgram, knownProgram } from './known-program.ts';

/** The programs whose configuration is known, in the order in which they are looked for. */
export const KNOWN_PROGRAMS: readonly KnownProgram[] = [
  ...[homeAssistant, n8n, llm, openWebui, phoenix, mlflow, opencode, goose],
  ...[uptimeKuma, piHole, grafana, gitea, firefox, solidQueue, pocketBase],
].map(knownProgram);
