// browser_probe.js: looks at times from inside a page, for benchmarks/browser.py. Runs before the page's own scripts.
globalThis.probe = (() => {
  const tasks = [], marks = {};
  const waits = {};
  let shift = 0, event = 0;
  const observe = (type, take) => { try { new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true }); } catch { /* not known here */ } };
  observe("longtask", (entry) => tasks.push({ at: entry.startTime, ms: entry.duration }));
  observe("layout-shift", (entry) => { if (!entry.hadRecentInput) shift += entry.value; });

  /** Time of the first frame after now: its callback comes before it is painted, a message after. */
  const painted = () => new Promise((done) => requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => done(performance.now()); port2.postMessage(0); }));

  for (const type of ["keydown", "click"]) addEventListener(type, (e) => { if (!event) event = e.timeStamp; }, { capture: true });
  addEventListener("DOMContentLoaded", () => {
    const table = document.querySelector("[data-catalog]");
    if (table) new MutationObserver(() => { if (table.hasAttribute("data-ready")) marks.ready ??= performance.now(); }).observe(table, { attributes: true });
  });

  /** Resolves with times of the first change of what `root` holds that makes `test` true. */
  function first(root, test, limit) {
    return new Promise((done) => {
      const finish = async (what) => {
        watcher.disconnect();
        clearTimeout(timer);
        const script = performance.now();
        done({ script: script - event, painted: (await painted()) - event, ...what });
      };
      const watcher = new MutationObserver(() => { if (test()) finish({}); });
      const timer = setTimeout(() => finish({ missed: 1 }), limit);
      watcher.observe(root, { childList: true, subtree: true, characterData: true, attributes: true });
    });
  }

  /** Resolves when nothing long has run for `ms`, or on a busy machine after a while. */
  const quiet = (ms = 300) => new Promise((done) => {
    const begun = performance.now();
    let last = begun;
    const look = () => {
      const now = performance.now(), late = tasks.at(-1);
      if (late) last = Math.max(last, late.at + late.ms);
      if (now - begun > 6000) done(); else if (now - last > ms) requestIdleCallback(() => done(), { timeout: 2000 }); else setTimeout(look, 50);
    };
    look();
  });

  let frames = [], counting = false;
  return {
    quiet,
    load() {
      const [page] = performance.getEntriesByType("navigation"), paint = performance.getEntriesByName("first-contentful-paint")[0];
      return { "first paint": paint?.startTime ?? 0, loaded: page.loadEventEnd, "longest task": Math.max(0, ...tasks.map((t) => t.ms)), "long tasks": tasks.reduce((sum, t) => sum + t.ms, 0), shift };
    },
    marks: () => ({ "taken over": marks.ready ?? 0 }),
    /** Before something is done: `shown(name)` then waits for the first change of what the table's body holds. */
    arm() { event = 0; waits.table = first(document.querySelector("[data-table] tbody"), () => event > 0, 3000); },
    /** Before something is done that brings `selector`; `fresh`: another one than now. */
    watch(name, selector, fresh = false) {
      const old = fresh ? document.querySelector(selector) : null;
      event = 0;
      waits[name] = first(document, () => { const found = document.querySelector(selector); return found && found !== old; }, 10_000);
    },
    shown: (name = "table") => waits[name],
    /** Letter by letter in the filter: handlers and layout without the way there and the painting; the best of some rounds, of the worst letter. */
    async typed(word, rounds = 8) {
      const field = document.querySelector("[data-q]"), best = {};
      for (let round = 0; round < rounds; round += 1) {
        for (let n = 1; n <= word.length; n += 1) {
          field.value = word.slice(0, n);
          const start = performance.now();
          field.dispatchEvent(new Event("input", { bubbles: true }));
          document.body.getBoundingClientRect();
          best[n] = Math.min(best[n] ?? Infinity, performance.now() - start);
          await new Promise((done) => { setTimeout(done, 60); });
        }
      }
      return Math.max(...Object.values(best));
    },
    frames() {
      frames = [];
      counting = true;
      tasks.length = 0;
      const step = (now) => { frames.push(now); if (counting) requestAnimationFrame(step); };
      requestAnimationFrame(step);
    },
    framed() {
      counting = false;
      const spans = frames.slice(1).map((at, i) => at - frames[i]).sort((a, b) => a - b), at = (share) => spans[Math.min(spans.length - 1, Math.floor(spans.length * share))];
      return { "frame p50 (ms)": at(0.5), "frame p95 (ms)": at(0.95), "worst frame (ms)": at(1), "frames a second": 1000 * spans.length / (frames.at(-1) - frames[0]), "long tasks": tasks.length };
    },
  };
})();
