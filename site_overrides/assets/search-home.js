// search-home.js: hits under home's big field.
import { combobox } from "./hits.js";
import { el } from "./elements.js";
import { words } from "./words.js";

/** Gives the form a list; without a chosen hit, Enter sends the form to the search page. */
export function attach(form) {
  const input = form.querySelector("input"), list = el("div", { class: "cb-bigsearch__hits", role: "listbox", "aria-label": words.results, hidden: true });
  const status = el("p", { class: "cb-hide", role: "status" });
  const all = (text) => el("a", { class: "cb-hit cb-hit--all", role: "option", tabindex: "-1", href: `${form.getAttribute("action")}?q=${encodeURIComponent(text)}` }, words.everything);
  form.append(list, status);
  const show = (open) => { list.hidden = !open; if (!open) input.setAttribute("aria-expanded", "false"); };
  const { refresh } = combobox(input, list, { names: 6, texts: 3, status, first: false, last: all, drawn: (found) => show(found !== null) });
  input.addEventListener("keydown", (e) => { if (e.key === "Escape" && !list.hidden) { e.preventDefault(); show(false); list.replaceChildren(); } });
  form.addEventListener("focusout", () => setTimeout(() => { if (!form.contains(document.activeElement)) show(false); }, 100));
  input.addEventListener("focus", () => { if (input.value.trim()) refresh(); });
  if (input.value.trim()) refresh();
}
