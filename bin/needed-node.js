// Which Node.js Firn needs. Read by versions that are too old: this file must be understood by Node.js 14.

/** By major version, the first release whose SQLite (3.53.2) writes real numbers exactly; as `engines` in package.json. */
const FIRST = [
  [24, 19],
  [26, 4],
];

export function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return (
    major > FIRST[FIRST.length - 1][0] || FIRST.some(([line, first]) => major === line && minor >= first)
  );
}

const WANTED = FIRST.map(([line, first]) => `${line} (${line}.${first} or later)`).join(' or ');

/** What is wrong and what to do, for the program or the package that needs a newer one. */
export function refusalOf(who) {
  return (
    `${who} needs Node.js ${WANTED}; this is ${process.versions.node} (${process.execPath}).\n` +
    'Install a newer Node.js (https://nodejs.org), or run "npm install node@24" in the folder of your project, ' +
    'where the program firn finds it.'
  );
}
