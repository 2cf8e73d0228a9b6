import { workerHandlers } from './github/store/worker-handlers.js';
import { serveCalls } from './github/store/worker-process.js';
import { openParentChannel } from './machine/process/parent-channel.js';
import { storeFolder } from './machine/job/store-folder.js';
import { createFdWriter } from './machine/files/descriptor.js';
import { EXIT_OUR_BUG, EXIT_WRONG_INPUT } from './report/exit-code.js';

const say = createFdWriter(2);

const endWith = (exitCode: number, reason: string): never => {
  say(`${reason}\n`);
  process.exit(exitCode);
};

const main = (): void => {
  const serve = serveCalls(workerHandlers(storeFolder(process.cwd())), (message) => {
    if (channel.ok) channel.value.send(message);
  });
  const channel = openParentChannel((message) => void serve(message));
  if (!channel.ok) endWith(EXIT_WRONG_INPUT, channel.error);
};

// Also catches unhandled rejections; the client reports this line.
process.on('uncaughtException', (error) => endWith(EXIT_OUR_BUG, String(error)));
main();
