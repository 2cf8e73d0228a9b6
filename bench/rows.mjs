/** A row without a bound. */
export const plainRow = (what, times, detail) => ({ what, figure: describeTimes(times), detail });

/** A row that was not measured, and why. */
export const skippedRow = (what, reason) => ({ what, figure: `skipped: ${reason}` });

/**
 * A row that holds when its time is at most `limit` times that of the floor. Medians vary on a busy machine: if they miss
 * the bound but the fastest runs do not, the verdict is `noisy`.
 */
export const ratioRow = (what, times, { floor, floorName, limit }) => {
  const ratio = times.wallMs / floor.wallMs;
  const bestRatio = times.bestMs / floor.bestMs;
  return {
    what,
    figure: `${ratio.toFixed(2)}x, ${describeTimes(times)}`,
    bound: `<= ${limit}x ${floorName}`,
    verdict: ratio <= limit ? 'holds' : bestRatio <= limit ? 'noisy' : 'missed',
    detail: `fastest ${bestRatio.toFixed(2)}x, CPU ${(times.cpuMs / floor.cpuMs).toFixed(2)}x`,
  };
};

/** A row that holds when a number is at most `limit`. */
export const limitRow = (what, value, { limit, unit }) => ({
  what,
  figure: `${formatNumber(value)} ${unit}`,
  bound: `<= ${limit} ${unit}`,
  verdict: value <= limit ? 'holds' : 'missed',
});

const describeTimes = ({ wallMs, cpuMs }) => `${formatMs(wallMs)} (CPU ${formatMs(cpuMs)})`;

const formatMs = (ms) => (ms < 1000 ? `${formatNumber(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);

const formatNumber = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(0));
