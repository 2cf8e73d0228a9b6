// Fails when dist/ differs from a build of the sources. dist/ is committed so that the programs run without an install.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from './build.mjs';

const committed = join(dirname(import.meta.dirname), 'dist');
const rebuilt = mkdtempSync(join(tmpdir(), 'savepoint-dist-'));
process.on('exit', () => rmSync(rebuilt, { recursive: true, force: true }));

/** The files below a folder by their relative names. */
const filesIn = (folder) =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path)]),
  );

/** One line for each file that is missing, left over or different. */
const differences = (expected, found) => [
  ...[...expected]
    .filter(([name, content]) => found.get(name)?.equals(content) !== true)
    .map(
      ([name]) => `dist/${name} ${found.has(name) ? 'differs from' : 'is missing, it is in'} what the sources build`,
    ),
  ...[...found.keys()].filter((name) => !expected.has(name)).map((name) => `dist/${name} is left over`),
];

await build(rebuilt);
const problems = differences(filesIn(rebuilt), filesIn(committed));
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error('Run "npm run build" and commit dist/.');
  process.exitCode = 1;
} else {
  console.log('dist/ is what the sources build.');
}
