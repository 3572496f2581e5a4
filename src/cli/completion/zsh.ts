import type { Completable, CompletionModel, Flag, Offer } from './model.ts';

/** In single quotes, with the characters that `_arguments` and `_describe` give a meaning escaped. */
function quoted(text: string): string {
  return text.replaceAll("'", "'\\''").replace(/[[\]:]/g, '\\$&');
}

function action(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
      return `(${offer.words.join(' ')})`;
    case 'files':
      return '_files';
    case 'folders':
      return '_files -/';
    case 'anything':
      return ' ';
  }
}

function flagSpecs({ names, description, value }: Flag): string[] {
  const meaning = `[${quoted(description)}]`;
  const takes = value === undefined ? '' : `:value:${action(value)}`;
  return names.map((name) => `'*${name}${meaning}${takes}'`);
}

function described(name: string, summary: string): string {
  return `'${name}:${quoted(summary)}'`;
}

function commandCase({ name, flags, positions }: Completable): string {
  const specs = [
    ...flags.flatMap(flagSpecs),
    ...positions.map((offer, at) => `'${at + 1}:argument:${action(offer)}'`),
  ];
  return `    '${name}') _arguments $globals ${specs.join(' ')} ;;`;
}

/** A completion script for zsh's compsys. */
export function zshScript(model: CompletionModel): string {
  const { groups, commands, globals } = model;
  const grouped = new Set(groups.map(({ name }) => name));
  const firsts = [...commands.filter(({ name }) => !name.includes(' ')), ...groups].map(({ name, summary }) =>
    described(name, summary),
  );
  const groupCases = groups.map(({ name }) => {
    const members = commands.filter((command) => command.name.startsWith(`${name} `));
    const list = members.map((member) => described(member.name.slice(name.length + 1), member.summary));
    return `      ${name}) subcommands=(${list.join(' ')}) ;;`;
  });
  return `#compdef firn
# Completion of firn for zsh. To enable it in every shell, write it to a folder in your $fpath:
#   firn completion zsh > "\${fpath[1]}/_firn"
_firn() {
  local curcontext="$curcontext" command
  local -a globals commands subcommands line state
  globals=(${globals.flatMap(flagSpecs).join(' ')})
  commands=(${firsts.join(' ')})

  _arguments -C $globals '1: :->command' '*:: :->rest'
  if [[ $state[1] == command ]]; then
    _describe 'command' commands
    return
  fi
  command=$line[1]
  if [[ $command == (${[...grouped].join('|')}) ]]; then
    case $command in
${groupCases.join('\n')}
    esac
    _arguments -C $globals '1: :->subcommand' '*:: :->rest'
    if [[ $state[1] == subcommand ]]; then
      _describe 'subcommand' subcommands
      return
    fi
    command="$command $line[1]"
  fi
  case $command in
${commands.map(commandCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _firn ]]; then _firn "$@"; else compdef _firn firn; fi
`;
}
