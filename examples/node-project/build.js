// Makes the folder that is packed: the sources, and a package.json with nothing in it that users do not need.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const target = process.argv[2];
const { private: _private, ...published } = JSON.parse(readFileSync('package.json', 'utf8'));

rmSync(target, { recursive: true, force: true });
cpSync('src', join(target, 'src'), { recursive: true });
writeFileSync(join(target, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
