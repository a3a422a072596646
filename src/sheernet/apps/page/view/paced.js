/**
 * A function that acts at most once in a number of milliseconds; a call that comes earlier acts when they are over, so
 * that the last one is never lost.
 * @param {number} milliseconds
 * @param {() => void} act
 * @returns {() => void}
 */
export function paced(milliseconds, act) {
  let last = -Infinity;
  let isWaiting = false;
  const run = () => {
    isWaiting = false;
    last = performance.now();
    act();
  };
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(run, last + milliseconds - performance.now());
  };
}
