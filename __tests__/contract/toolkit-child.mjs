// Runs GitHub's own clients, call by call, each with the environment of its job.
import { mkdirSync } from 'node:fs';
import * as cache from '@actions/cache';
import { DefaultArtifactClient } from '@actions/artifact';

const calls = {
  saveCache: cache.saveCache,
  restoreCache: cache.restoreCache,
  ...Object.fromEntries(
    ['uploadArtifact', 'listArtifacts', 'getArtifact', 'downloadArtifact', 'deleteArtifact'].map((name) => [
      name,
      (...args) => new DefaultArtifactClient()[name](...args),
    ]),
  ),
};

let printed = '';
process.stdout.write = (chunk) => {
  printed += chunk;
  process.send({ printed });
  return true;
};

const own = { ...process.env };

process.on('message', async ({ call, args, folder, env }) => {
  for (const name of Object.keys(process.env)) if (!(name in own)) delete process.env[name];
  Object.assign(process.env, env, { GITHUB_WORKSPACE: folder, RUNNER_TEMP: `${folder}/.temp` });
  mkdirSync(process.env.RUNNER_TEMP, { recursive: true });
  process.chdir(folder);
  printed = '';
  try {
    const value = await calls[call](...args);
    process.send({ printed, done: { value } });
  } catch (error) {
    process.send({ printed, done: { error: `${error.name}: ${error.message}` } });
  }
});

process.on('disconnect', () => process.exit());
process.send({ printed });
