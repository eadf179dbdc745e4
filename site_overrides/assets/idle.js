// idle.js: work in small steps that yield to user input, and work that waits for the next paint.
const idle = window.requestIdleCallback ?? ((call) => setTimeout(call, 8));
const SHORT = 6;      // milliseconds of a step; on a slow phone they are four times as many

/**
 * Runs functions and generators one after the other in idle moments; `done` is their promise. `hurry()` runs the rest
 * at once.
 */
export function slowly(...steps) {
  let urgent = false, go = null;
  const pause = () => (urgent ? null : new Promise((next) => { go = next; idle(next, { timeout: 500 }); }));
  const done = (async () => {
    for (const step of steps) {
      await pause();
      const parts = step();
      let since = performance.now();
      while (typeof parts?.next === "function" && !parts.next().done) if (performance.now() - since > SHORT) { await pause(); since = performance.now(); }
    }
  })();
  return { done, hurry() { urgent = true; go?.(); return done; } };
}

/** Calls only the last of several: after the next frame has been painted. */
export function afterPaint(call) {
  let waiting = false, last = [];
  return (...given) => {
    last = given;
    if (waiting) return;
    waiting = true;
    const run = () => { waiting = false; call(...last); };
    if (document.hidden) setTimeout(run); else requestAnimationFrame(() => setTimeout(run));
  };
}
