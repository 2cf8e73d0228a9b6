import { never } from '../base/assert.js';
import type { Arguments } from './command-line/arguments.js';
import type { Terminal } from './terminal/terminal.js';

/** Runs a command and returns its exit code. Loads only the modules that the command needs. */
export const dispatch = async (args: Arguments, terminal: Terminal): Promise<number> => {
  switch (args.command) {
    case 'run':
      await limitHeap();
      return (await import('./commands/run.js')).runCommand(args, terminal);
    case 'resume':
      await limitHeap();
      return (await import('./commands/resume.js')).resumeCommand(args, terminal);
    case 'plan':
      return (await import('./commands/plan.js')).planCommand(args, terminal);
    case 'validate':
      return (await import('./commands/validate.js')).validateCommand(args, terminal);
    case 'status':
      return (await import('./commands/status.js')).statusCommand(args, terminal);
    case 'logs':
      return (await import('./commands/logs.js')).logsCommand(args, terminal);
    case 'init':
      return (await import('./commands/init.js')).initCommand(terminal);
    case 'help':
      return (await import('./commands/help.js')).helpCommand(args.topic, terminal);
    case 'version':
      return (await import('./commands/version.js')).versionCommand(terminal);
    default:
      return never(args);
  }
};

const limitHeap = async (): Promise<void> => {
  (await import('../machine/process/v8-flags.js')).limitHeap();
};
