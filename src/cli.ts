#!/usr/bin/env node
import { EXIT_OUR_BUG } from './report/exit-code.js';
import { readArguments } from './local/command-line/arguments.js';
import { bugReport } from './local/terminal/bug-report.js';
import { dispatch } from './local/dispatch.js';
import { refuse } from './local/terminal/refuse.js';
import { openTerminal } from './local/terminal/terminal.js';

const argv = process.argv.slice(2);

const reportBug = (error: unknown): never => {
  process.stderr.write(bugReport(error, argv));
  process.exit(EXIT_OUR_BUG);
};

const main = async (): Promise<void> => {
  const terminal = openTerminal(argv.includes('--no-color'));
  const args = readArguments(argv);
  process.exitCode = args.ok ? await dispatch(args.value, terminal) : refuse(args.error, terminal);
};

// Also catches unhandled rejections.
process.on('uncaughtException', reportBug);
main().catch(reportBug);
