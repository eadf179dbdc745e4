// overlay.js: shows the error or the problems of the last change on top of the page, in a shadow tree, so that its styles and those of the page
// do not affect each other. All strings are inserted as text nodes: they come from descriptors, which are untrusted.
const SITE = new URL("..", import.meta.url);
const DISMISSED = "callboard-dismissed";
let host = null;
let currentKey = "";

const make = (tag, className, ...children) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
};

// A string with `code` in backticks as text nodes and <code> elements.
const withCode = (text) => {
  const parts = text.split("`");
  const last = parts.length % 2 ? parts.length : parts.length - 1;                         // an unpaired ` is kept
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
  const item = make("li", note.severity, head, make("p", "message", ...withCode(note.message)));
  if (note.hint) item.append(make("p", "hint", ...withCode(note.hint)));
  return item;
}

function content(state) {
  if (state.error) return ["Could not render this change", make("div", "", make("p", "hint", "This page shows the site before the change."), make("pre", "error", state.error))];
  const count = state.notes.length + state.more;
  const box = make("div", "", make("ol", "", ...state.notes.map(problem)));
  if (state.more) box.append(make("p", "more", `${state.more} more: see `, link("all problems", "problems/"), "."));
  return [count === 1 ? "1 problem in your changes" : `${count} problems in your changes`, box];
}

function dismiss() {
  host?.remove();
  host = null;
  try { sessionStorage.setItem(DISMISSED, currentKey); } catch { /* without storage, the overlay appears again on the next page */ }
}

const isDismissed = (key) => { try { return sessionStorage.getItem(DISMISSED) === key; } catch { return false; } };

export function show(state) {
  const key = `${state.version} ${state.error}`;
  host?.remove();
  host = null;
  currentKey = key;
  if ((!state.error && !state.notes.length) || isDismissed(key)) return;
  const [title, body] = content(state);
  host = make("callboard-overlay");
  const close = Object.assign(make("button", "", "Close"), { type: "button" });
  close.setAttribute("aria-keyshortcuts", "Escape");
  close.addEventListener("click", dismiss);
  const heading = Object.assign(make("h2", "", title), { id: "title" });
  const announcement = make("p", "announcement");                                          // for screen readers; the focus does not move
  announcement.setAttribute("role", state.error ? "alert" : "status");
  const panel = make("section", state.error ? "panel error" : `panel ${state.notes[0].severity}`, announcement, make("header", "", heading, close), body);
  panel.setAttribute("aria-labelledby", "title");
  body.className = "body";
  body.tabIndex = 0;                                                                       // it scrolls, so the keyboard must be able to focus it
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("overlay.css", import.meta.url).href });
  panel.hidden = true;
  style.addEventListener("load", () => { panel.hidden = false; setTimeout(() => { announcement.textContent = `${title}.`; }, 100); });
  host.attachShadow({ mode: "open" }).append(style, panel);
  document.body.append(host);
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]");
  if (event.key === "Escape" && host && !event.defaultPrevented && !typing) dismiss();
});
