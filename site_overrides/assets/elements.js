// elements.js: creates elements. Text is always inserted as text, never as markup: names and descriptions are untrusted.
const ROOT = new URL("../", import.meta.url);
const SVG = "http://www.w3.org/2000/svg";

/** The address of a page, from its path below the site's root. */
export const to = (path) => ROOT.pathname + path;

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

let symbols = null;

/** Loads the sprite's symbols into the document, once: browsers request an icon file again for each list that refers to it. */
async function loadSymbols() {
  const answer = await fetch(new URL("icons.svg", import.meta.url));
  const sprite = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  if (answer.ok) document.body.append(el("div", { hidden: true }, document.adoptNode(sprite)));
}

/** An icon of the sprite; decoration unless it has a label. */
export function icon(name, label = "") {
  symbols ??= loadSymbols().catch(() => { symbols = null; });
  const svg = document.createElementNS(SVG, "svg"), use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "cb-icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  if (label) { svg.setAttribute("role", "img"); svg.setAttribute("aria-label", label); } else svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Text that keeps its own direction. */
export const bdi = (text) => el("bdi", {}, String(text));

/** Pieces `[text, isHit]` as text and marks. */
export const marked = (pieces) => pieces.map(([text, hit]) => (hit ? el("mark", {}, text) : text));

/** Values of this portal in the browser's local storage. Without access to it, nothing is stored and everything else works. */
export const memory = {
  key: (name) => `callboard:${ROOT.pathname}:${name}`,
  get(name) { try { return JSON.parse(localStorage.getItem(this.key(name))); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(this.key(name), JSON.stringify(value)); } catch { /* private window */ } },
};
