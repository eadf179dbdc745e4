// search.js: opens the search ('/', Ctrl-K, the header's button) and gives home's field its list. The dialog opens at once, with a field that takes
// what is typed; its hits are loaded at the first use.
import { memory, to } from "./elements.js";

const load = () => import("./search-dialog.js");
const typing = (e) => e.target.closest?.("input, textarea, select, [contenteditable]");
let shell = null;

/** The dialog with its field alone: Enter leads to the search page until there are hits. */
function make() {
  const label = document.querySelector("[data-search-open]")?.textContent.replace("/", "").trim() || "Search", add = (parent, tag, props) => parent.appendChild(Object.assign(document.createElement(tag), props));
  const dialog = add(document.body, "dialog", { className: "cb-dialog cb-page", id: "cb-search", ariaLabel: label });
  const form = add(dialog, "form", { className: "cb-dialog__field", action: to("search/") });
  add(form, "i", { className: "cb-icon i-search" }).setAttribute("aria-hidden", "true");
  return { dialog, form, input: add(form, "input", { type: "search", name: "q", placeholder: label, ariaLabel: label, autocomplete: "off", enterKeyHint: "go" }) };
}

function openDialog() {
  shell ??= make();
  if (shell.dialog.open) return;
  shell.dialog.showModal();
  shell.input.focus();
  shell.input.select();
  load().then((module) => module.open(shell), () => {});
}

document.addEventListener("click", (e) => { if (e.target.closest("[data-search-open]")) { e.preventDefault(); openDialog(); } });
document.addEventListener("pointerover", (e) => { if (e.target.closest?.("[data-search-open]")) load().catch(() => {}); });      // loaded on hover, before the click
document.addEventListener("keydown", (e) => {
  const slash = e.key === "/" && !typing(e) && !e.ctrlKey && !e.metaKey && !e.altKey && memory.get("keys") !== false;
  const k = (e.key.toLowerCase() === "k" || (e.code === "KeyK" && !/^[a-z]$/iu.test(e.key))) && (e.ctrlKey || e.metaKey) && !e.shiftKey && !e.altKey;      // the place of the key where no Latin letter is on it
  if (!slash && !k) return;
  e.preventDefault();
  const big = document.querySelector("[data-search-form] input");
  if (big && slash) { big.focus(); big.select(); } else openDialog();
});

const here = document.querySelector("[data-entity-ref]")?.dataset.entityRef, before = memory.get("recent");      // see recent.js
if (here) memory.set("recent", [here, ...(Array.isArray(before) ? before : []).filter((ref) => ref !== here)].slice(0, 12));

const form = document.querySelector("[data-search-form]");
if (form) form.addEventListener("focusin", async () => (await import("./search-home.js")).attach(form), { once: true });
