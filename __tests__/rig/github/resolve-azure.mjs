// Preloaded by programs under test: every name of Azure's blob stores is this machine.
import dns from 'node:dns';

const lookup = dns.lookup;

dns.lookup = (name, ...rest) => lookup(name.endsWith('.blob.core.windows.net') ? '127.0.0.1' : name, ...rest);
