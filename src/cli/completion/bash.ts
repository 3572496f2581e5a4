import type { Completable, CompletionModel, Flag, Offer } from './model.ts';

function reply(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
      return `COMPREPLY=($(compgen -W '${offer.words.join(' ')}' -- "$cur"))`;
    case 'files':
      return 'COMPREPLY=($(compgen -f -- "$cur"))';
    case 'folders':
      return 'COMPREPLY=($(compgen -d -- "$cur"))';
    case 'anything':
      return ':';
  }
}

function words(list: readonly string[]): string {
  return reply({ kind: 'words', words: list });
}

function valueCases(command: Pick<Completable, 'name' | 'flags'>): string[] {
  return command.flags.flatMap(({ names, value }) =>
    value === undefined ? [] : names.map((name) => `      '${command.name}:${name}') ${reply(value)} ;;`),
  );
}

function globalCases(globals: readonly Flag[]): string[] {
  return globals.flatMap(({ names, value }) =>
    value === undefined ? [] : names.map((name) => `      *':${name}') ${reply(value)} ;;`),
  );
}

/** A completion script for bash 4 and later, without bash-completion. */
export function bashScript(model: CompletionModel): string {
  const { groups, commands, globals } = model;
  const all = [...commands.flatMap(({ flags }) => flags), ...globals];
  const withValue = [
    ...new Set(all.filter(({ value }) => value !== undefined).flatMap(({ names }) => names)),
  ];
  const globalNames = globals.flatMap(({ names }) => names);
  const firsts = [...new Set(commands.map(({ name }) => name.split(' ')[0] as string))];
  const flagCases = commands.map(
    ({ name, flags }) =>
      `      '${name}') ${words([...flags.flatMap(({ names }) => names), ...globalNames])} ;;`,
  );
  const wordCases = [
    `    ':0') ${words(firsts)} ;;`,
    ...groups.map(({ name }) => `    '${name}:0') ${words(members(commands, name))} ;;`),
    ...commands.flatMap(({ name, positions }) =>
      positions.map((offer, at) => `    '${name}:${at}') ${reply(offer)} ;;`),
    ),
  ];
  return `# Completion of firn for bash. To enable it in every shell:
#   firn completion bash > ~/.local/share/bash-completion/completions/firn
_firn() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command= expects= word
  local -i place=0 i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $expects ]]; then
      expects=
      continue
    fi
    case $word in
      ${withValue.join('|')}) expects=$word ;;
      -*) ;;
      *)
        case $command in
          '') command=$word ;;
          ${groups.map(({ name }) => name).join('|')}) command="$command $word" ;;
          *) place+=1 ;;
        esac
        ;;
    esac
  done
  if [[ -n $expects ]]; then
    case "$command:$expects" in
${[...commands.flatMap(valueCases), ...globalCases(globals)].join('\n')}
    esac
    return
  fi
  if [[ $cur == -* ]]; then
    case "$command" in
${flagCases.join('\n')}
      *) ${words(globalNames)} ;;
    esac
    return
  fi
  case "$command:$place" in
${wordCases.join('\n')}
  esac
}
complete -o filenames -F _firn firn
`;
}

function members(commands: readonly Completable[], group: string): string[] {
  return commands.flatMap(({ name }) => (name.startsWith(`${group} `) ? [name.slice(group.length + 1)] : []));
}
