import { allCommands, GROUPS, SECTIONS } from '../src/cli/command-list.ts';
import { renderCommandHelp, renderGroupHelp, renderProgramHelp } from '../src/cli/help.ts';
import { PLAIN } from '../src/cli/terminal/style.ts';

/** docs/cli.md: the help of every command, as the program prints it. */
export async function renderCliReference(): Promise<string> {
  const parts = [
    '# The command line',
    '<!-- Written by `npm run docs` from the commands themselves; a test fails when it is not current. -->',
    '## Global options and exit codes',
    fenced(renderProgramHelp(PLAIN)),
    '## Commands',
    contents(),
  ];
  for (const group of GROUPS) parts.push(`### firn ${group.name}`, fenced(renderGroupHelp(group, PLAIN)));
  for (const entry of allCommands()) {
    const { command } = await entry.load();
    parts.push(`### firn ${entry.name}`, fenced(renderCommandHelp(entry, command, PLAIN)));
  }
  return `${parts.join('\n\n')}\n`;
}

function contents(): string {
  return SECTIONS.flatMap(({ title, commands }) => [
    `- ${title}`,
    ...commands.map(
      ({ name, summary }) => `  - [\`firn ${name}\`](#firn-${name.replaceAll(' ', '-')}): ${summary}`,
    ),
  ]).join('\n');
}

function fenced(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}
