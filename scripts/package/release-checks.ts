/** What decides whether a version can be released. */
export interface ReleaseFacts {
  readonly manifest: {
    readonly name: string;
    readonly version: string;
    readonly repository?: string | { readonly url?: string };
  };
  readonly changelog: string;
  readonly branch: string;
  /** `git status --porcelain` */
  readonly changes: string;
  readonly tags: readonly string[];
  readonly isCi: boolean;
  /** Whether the CI has a token with which npm can prove where the package was built. */
  readonly canProve: boolean;
}

export interface ReleaseProblem {
  readonly what: string;
  readonly remedy: string;
}

/** Everything that stands against a release, with its remedy. What only publishing needs is not asked of a dry run. */
export function releaseProblems(facts: ReleaseFacts, publish: boolean): ReleaseProblem[] {
  const { manifest, changelog, branch, changes, tags, isCi, canProve } = facts;
  const { version } = manifest;
  const repository = typeof manifest.repository === 'string' ? manifest.repository : manifest.repository?.url;
  const always: readonly (readonly [bad: boolean, what: string, remedy: string])[] = [
    [branch !== 'main', `the branch is ${branch || 'none'}, not main`, 'Release from main.'],
    [changes !== '', 'the work tree has changes', 'Commit or remove them.'],
    [
      !/^\d+\.\d+\.\d+$/.test(version),
      `${version} is not a version of three numbers`,
      'Set version in package.json.',
    ],
    [
      tags.includes(`v${version}`),
      `the tag v${version} exists already`,
      'Set a new version in package.json.',
    ],
    [
      !hasNotes(changelog, version),
      `CHANGELOG.md has no notes for ${version}`,
      `Rename its heading [Unreleased] to [${version}] - YYYY-MM-DD, and begin a new [Unreleased].`,
    ],
  ];
  const publishing: typeof always = [
    [
      repository === undefined,
      'package.json has no repository',
      'Set repository to the address of the public repository: provenance names it.',
    ],
    [
      !isCi || !canProve,
      'this is no CI with a token for provenance',
      'Run it in CI with the permission id-token: write.',
    ],
  ];
  return [...always, ...(publish ? publishing : [])].flatMap(([bad, what, remedy]) =>
    bad ? [{ what, remedy }] : [],
  );
}

function hasNotes(changelog: string, version: string): boolean {
  const heading = `## [${version}] - `;
  const at = changelog.indexOf(heading);
  if (at === -1) return false;
  const section = changelog.slice(at + heading.length).split('\n## ')[0]!;
  return /^\d{4}-\d{2}-\d{2}\n/.test(section) && section.includes('\n- ');
}
