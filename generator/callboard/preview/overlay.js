// overlay.js: the problems of the last change over the page, in a shadow tree, so that the page's styles and this one's leave each other alone.
// Everything that is said is put in as text: it comes from descriptors, and nobody has checked them.
const SITE = new URL("..", import.meta.url);
const DISMISSED = "callboard-dismissed";
let host = null;
let shown = "";

const make = (tag, className, ...children) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
};

// `like this` as <code>, by text nodes.
const spoken = (text) => {
  const parts = text.split("`");
  const last = parts.length % 2 ? parts.length : parts.length - 1;                         // a single ` at the end stays
  return parts.map((part, index) => (index % 2 && index < last ? make("code", "", part) : index === last ? `\`${part}` : part));
};

const link = (text, path) => {
  const anchor = make("a", "", text);
  const url = new URL(path, SITE);
  if (url.href.startsWith(SITE.href)) anchor.href = url.href;
  return anchor;
};

function problem(note) {
  const head = make("p", "head", make("strong", "severity", note.severity), " ");
  if (note.place) head.append(make("span", "place", note.place), " ");
  head.append(link(note.code, note.page));
  const item = make("li", note.severity, head, make("p", "message", ...spoken(note.message)));
  if (note.hint) item.append(make("p", "hint", ...spoken(note.hint)));
  return item;
}

function content(state) {
  if (state.error) return ["This change cannot be shown", make("div", "", make("p", "hint", "You see the site as it was before it."), make("pre", "error", state.error))];
  const count = state.notes.length + state.more;
  const box = make("div", "", make("ol", "", ...state.notes.map(problem)));
  if (state.more) box.append(make("p", "more", `${state.more} more: see `, link("all problems", "problems/"), "."));
  return [count === 1 ? "1 problem in what you changed" : `${count} problems in what you changed`, box];
}

function dismiss() {
  host?.remove();
  host = null;
  try { sessionStorage.setItem(DISMISSED, shown); } catch { /* without storage it comes back on the next page */ }
}

const isDismissed = (key) => { try { return sessionStorage.getItem(DISMISSED) === key; } catch { return false; } };

export function show(state) {
  const key = `${state.version} ${state.error}`;
  host?.remove();
  host = null;
  shown = key;
  if ((!state.error && !state.notes.length) || isDismissed(key)) return;
  const [title, body] = content(state);
  host = make("callboard-overlay");
  const close = Object.assign(make("button", "", "Close"), { type: "button" });
  close.setAttribute("aria-keyshortcuts", "Escape");
  close.addEventListener("click", dismiss);
  const heading = Object.assign(make("h2", "", title), { id: "title" });
  const told = make("p", "told");                                                          // read out once it is there; the focus stays where it is
  told.setAttribute("role", state.error ? "alert" : "status");
  const panel = make("section", state.error ? "panel error" : `panel ${state.notes[0].severity}`, told, make("header", "", heading, close), body);
  panel.setAttribute("aria-labelledby", "title");
  body.className = "body";
  body.tabIndex = 0;                                                                       // it scrolls: keys must reach it
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("overlay.css", import.meta.url).href });
  panel.hidden = true;
  style.addEventListener("load", () => { panel.hidden = false; setTimeout(() => { told.textContent = `${title}.`; }, 100); });
  host.attachShadow({ mode: "open" }).append(style, panel);
  document.body.append(host);
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]");
  if (event.key === "Escape" && host && !event.defaultPrevented && !typing) dismiss();
});
