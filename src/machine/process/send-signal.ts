/**
 * Sends a signal to a process, or to a group when negative; false when it does not exist or permission is denied. Signal 0
 * only tests. Never signals init, all processes, or this process.
 */
export const sendSignal = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  if (Math.abs(pid) <= 1 || Math.abs(pid) === process.pid) return false;
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};
