import type { Completable, CompletionModel, Flag, Offer } from './model.ts';

/** In single quotes, where only a quote has a meaning. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function list(words: readonly string[]): string {
  return `@(${words.map(quoted).join(', ')})`;
}

/** Words as a list; files and folders as the name of a kind, since PowerShell completes paths itself. */
function offered(offer: Offer): string {
  return offer.kind === 'words' ? list(offer.words) : quoted(offer.kind);
}

function table(rows: readonly (readonly [key: string, value: string])[], indent: string): string {
  return rows.map(([key, value]) => `${indent}${quoted(key)} = ${value}`).join('\n');
}

function flagRows(flags: readonly Flag[]): (readonly [string, string])[] {
  return flags.flatMap(({ names, description }) => names.map((name) => [name, quoted(description)] as const));
}

function valueRows(flags: readonly Flag[]): (readonly [string, string])[] {
  return flags.flatMap(({ names, value }) =>
    value === undefined ? [] : names.map((name) => [name, offered(value)] as const),
  );
}

function commandEntry({ name, summary, flags, positions }: Completable): string {
  return `    ${quoted(name)} = @{
      summary = ${quoted(summary)}
      flags = @{
${table(flagRows(flags), '        ')}
      }
      values = @{
${table(valueRows(flags), '        ')}
      }
      places = @(${positions.map((offer) => `, ${offered(offer)}`).join('; ')})
    }`;
}

/** A completion script for PowerShell 5.1 and later, on every system. */
export function powershellScript({ groups, commands, globals }: CompletionModel): string {
  return `# Completion of firn for PowerShell. To enable it in every session:
#   firn completion powershell >> $PROFILE
Register-ArgumentCompleter -Native -CommandName firn -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $groups = @{
${table(
  groups.map(({ name, summary }) => [name, quoted(summary)] as const),
  '    ',
)}
  }
  $globals = @{
${table(flagRows(globals), '    ')}
  }
  $globalValues = @{
${table(valueRows(globals), '    ')}
  }
  $commands = @{
${commands.map(commandEntry).join('\n')}
  }

  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $command = ''
  $place = 0
  $expects = $null
  foreach ($word in $words) {
    if ($null -ne $expects) { $expects = $null; continue }
    $entry = $commands[$command]
    if ($word.StartsWith('-')) {
      if ($null -ne $entry -and $entry.values.ContainsKey($word)) { $expects = $entry.values[$word] }
      elseif ($globalValues.ContainsKey($word)) { $expects = $globalValues[$word] }
    }
    elseif ($command -eq '') { $command = $word }
    elseif ($groups.ContainsKey($command)) { $command = "$command $word" }
    else { $place += 1 }
  }

  $entry = $commands[$command]
  $found = [ordered]@{}
  if ($null -ne $expects) {
    if ($expects -is [array]) { foreach ($value in $expects) { $found[$value] = $value } }
  }
  elseif ($wordToComplete.StartsWith('-')) {
    if ($null -ne $entry) { foreach ($flag in $entry.flags.Keys) { $found[$flag] = $entry.flags[$flag] } }
    foreach ($flag in $globals.Keys) { $found[$flag] = $globals[$flag] }
  }
  elseif ($command -eq '') {
    foreach ($name in $commands.Keys) { if (-not $name.Contains(' ')) { $found[$name] = $commands[$name].summary } }
    foreach ($name in $groups.Keys) { $found[$name] = $groups[$name] }
  }
  elseif ($groups.ContainsKey($command)) {
    foreach ($name in $commands.Keys) {
      if ($name.StartsWith("$command ")) { $found[$name.Substring($command.Length + 1)] = $commands[$name].summary }
    }
  }
  elseif ($null -ne $entry -and $place -lt $entry.places.Count -and $entry.places[$place] -is [array]) {
    foreach ($value in $entry.places[$place]) { $found[$value] = $value }
  }
  $found.Keys | Where-Object { $_.StartsWith($wordToComplete) } | Sort-Object | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $found[$_])
  }
}
`;
}
