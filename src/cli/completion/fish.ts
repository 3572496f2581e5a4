import type { Completable, CompletionModel, Flag, Offer } from './model.ts';

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function offered(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
      return `-x -a ${quoted(offer.words.join(' '))}`;
    case 'files':
      return '-r -F';
    case 'folders':
      return "-x -a '(__fish_complete_directories)'";
    case 'anything':
      return '-x';
  }
}

function flagLines({ names, description, value }: Flag, condition: string): string[] {
  return names.map((name) => {
    const form = name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`;
    const takes = value === undefined ? '' : ` ${offered(value)}`;
    return `complete -c firn${condition} ${form}${takes} -d ${quoted(description)}`;
  });
}

function commandLines(command: Completable): string[] {
  const words = command.name.split(' ');
  const last = words.at(-1) as string;
  const before = words.length === 2 ? `__firn_behind '${words[0]}'` : "__firn_behind ''";
  const own = ` -n "__firn_in '${command.name}'"`;
  return [
    `complete -c firn -n "${before}" -a ${quoted(last)} -d ${quoted(command.summary)}`,
    ...command.flags.flatMap((flag) => flagLines(flag, own)),
    ...command.positions.flatMap((offer) =>
      offer.kind === 'anything' ? [] : [`complete -c firn${own} ${offered(offer).replace(/^-[xr] /, '')}`],
    ),
  ];
}

/** A completion script for fish 3 and later. */
export function fishScript(model: CompletionModel): string {
  const { groups, commands, globals } = model;
  const valued = globals.filter(({ value }) => value !== undefined).flatMap(({ names }) => names);
  return `# Completion of firn for fish. To enable it in every shell:
#   firn completion fish > ~/.config/fish/completions/firn.fish
function __firn_words
    set -l words (commandline -opc)
    set -e words[1]
    set -l skip 0
    for word in $words
        if test $skip = 1
            set skip 0
        else if contains -- $word ${valued.join(' ')}
            set skip 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end
function __firn_behind
    set -l words (__firn_words)
    test "$words" = "$argv[1]"
end
function __firn_in
    set -l words (__firn_words)
    string match -q -- "$argv[1] *" "$words "
end
complete -c firn -f
${globals.flatMap((flag) => flagLines(flag, '')).join('\n')}
${groups.map(({ name, summary }) => `complete -c firn -n "__firn_behind ''" -a ${quoted(name)} -d ${quoted(summary)}`).join('\n')}
${commands.flatMap(commandLines).join('\n')}
`;
}
