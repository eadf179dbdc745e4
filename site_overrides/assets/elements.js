// elements.js: creates elements. Text is always inserted as text, never as markup: names and descriptions are untrusted.
const ROOT = new URL("../", import.meta.url);

const INDEX = document.querySelector("[data-index-links]") !== null;      // the host does not serve the index of a folder

/** The address of the site's root, with a final slash. */
export const BASE = ROOT.pathname;
/** The address of a page, from its path below the site's root. */
export const to = (path) => BASE + (INDEX ? path.replace(/^([^?#]*\/|)(?=[?#]|$)/u, "$1index.html") : path);

/** An element with properties (`class`, `on…`, attributes) and children: elements or plain text. */
export function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** An icon (a rule of portal.css); decoration unless it has a label. */
export const icon = (name, label = "") => el("i", { class: `cb-icon i-${name}`, role: label ? "img" : null, "aria-label": label || null, "aria-hidden": label ? null : "true" });

/** Text that keeps its own direction. */
export const bdi = (text) => el("bdi", {}, String(text));

/** Pieces `[text, isHit]` as text and marks. */
export const marked = (pieces) => pieces.map(([text, hit]) => (hit ? el("mark", {}, text) : text));

/** Where data cannot be loaded: the controls below `root` are disabled, and a sentence before it says why. */
export function disable(root, text) {
  for (const control of root.querySelectorAll("input, select, button")) control.disabled = true;
  root.setAttribute("data-unavailable", "");
  if (!root.querySelector(".cb-unavailable")) root.prepend(el("p", { class: "cb-note cb-note--warn cb-unavailable", role: "status" }, icon("warn"), el("span", {}, text)));
}

/** Values of this portal in the browser's local storage. Where that is blocked, they last until the page is left. */
const held = new Map();
export const memory = {
  key: (name) => `callboard:${ROOT.pathname}:${name}`,
  get(name) { if (held.has(name)) return held.get(name); try { return JSON.parse(localStorage.getItem(this.key(name))); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(this.key(name), JSON.stringify(value)); held.delete(name); } catch { held.set(name, value); } },
  /** Can values be kept? Not in some private windows, and not where cookies are blocked. */
  keeps() { try { localStorage.setItem(this.key("probe"), "1"); localStorage.removeItem(this.key("probe")); return true; } catch { return false; } },
};
