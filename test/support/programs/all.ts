import { goose } from './agents/goose.ts';
import { llm } from './agents/llm.ts';
import { mlflow } from './agents/mlflow.ts';
import { openWebui } from './agents/open-webui.ts';
import { opencode } from './agents/opencode.ts';
import { phoenix } from './agents/phoenix.ts';
import type { Program } from './program.ts';
import { gitea } from './services/gitea.ts';
import { grafana } from './services/grafana.ts';
import { n8n } from './services/n8n.ts';
import { pocketBase } from './services/pocketbase.ts';
import { solidQueue } from './services/solid-queue.ts';
import { uptimeKuma } from './services/uptime-kuma.ts';
import { firefox } from './things/firefox.ts';
import { homeAssistant } from './things/home-assistant.ts';
import { piHole } from './things/pi-hole.ts';

export const PROGRAMS: readonly Program[] = [
  ...[homeAssistant, n8n, llm, openWebui, phoenix, mlflow, uptimeKuma, piHole],
  ...[firefox, grafana, gitea, opencode, goose, solidQueue, pocketBase],
];
