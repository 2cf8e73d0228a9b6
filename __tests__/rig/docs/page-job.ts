import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGitHub } from '../github/start-github.js';
import type { GivenInputs } from '../runner/job.js';
import type { Files } from '../runner/repository.js';
import { newWorkflowRun } from '../runner/workflow-run.js';
import { listFiles } from '../architecture/sources.js';
import { ROOT, type Fence } from './page.js';

/**
 * The log of a job in one attempt for each of the `log` blocks, each a re-run of the one before. The words of a block are
 * the pipeline file, one of the examples, and inputs of it as `name=value`.
 */
export const runPageJob = async (blocks: readonly Fence[]): Promise<readonly string[]> => {
  await using github = await startGitHub();
  await using run = await newWorkflowRun({ github, files: exampleFiles() });
  const logs: string[] = [];
  for (const { words } of blocks) {
    const job = run.attempt();
    const { log } = await job.runStep(inputsOf(words)).ended;
    await job.finish();
    logs.push(asGitHubShows(log));
  }
  return logs;
};

/** The examples of the repository, without files that runs left there. */
const exampleFiles = (): Files =>
  Object.fromEntries(
    ['.yml', '.csv', '.js', '.json'].flatMap((ending) =>
      listFiles(join(ROOT, 'examples'), ending)
        .filter((path) => !path.includes('.work'))
        .map((path) => [`examples/${path}`, readFileSync(join(ROOT, 'examples', path))]),
    ),
  );

const inputsOf = ([pipeline = '', ...inputs]: readonly string[]): GivenInputs => ({
  pipeline,
  inputs: inputs.join('\n'),
});

/** Without colours; groups are folded. */
const asGitHubShows = (log: string): string =>
  log
    .replaceAll(/\x1b\[[\d;]*m/g, '')
    .replaceAll(/^##\[group\](.*)\n(?:.*\n)*?##\[endgroup\]$/gm, '▶ $1')
    .replaceAll(/^##\[error\]/gm, 'Error: ')
    .replaceAll(/^##\[warning\]/gm, 'Warning: ')
    .trimEnd();
