// The command `puppet <name>`: connects to the rig, says who it is, then does what it is told, one JSON line at a time.
import { writeFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';

const [socketPath, name = '', ...args] = process.argv.slice(2);
const socket = connect(socketPath);

const orders = {
  exit: ({ code }) => process.exit(code),
  print: ({ text, fd }) => writeSync(fd, text),
  writeFile: ({ path, text }) => writeFileSync(path, text),
  ignoreSignal: ({ signal }) => process.on(signal, () => {}),
};

let unread = '';
const take = (chunk) => {
  const lines = (unread + chunk).split('\n');
  unread = lines.pop();
  for (const line of lines) {
    const order = JSON.parse(line);
    orders[order.do](order);
    socket.write('done\n');
  }
};

socket.setEncoding('utf8').on('data', take);
socket.on('error', () => process.exit(1)).on('close', () => process.exit(1));
socket.write(`${JSON.stringify({ name, args, pid: process.pid, cwd: process.cwd(), env: process.env })}\n`);
