// hits.js: a field with a list of hits under it (the ARIA combobox pattern): queries both indexes on input, arrow keys select, Enter opens.
import { bdi, el, icon, marked, to } from "./elements.js";
import { byName, byText, engine, PAUSE } from "./engine.js";
import { fieldsIn } from "./filters.js";
import { highlight } from "./search-core.js";
import { words } from "./words.js";

let lists = 0;

/**
 * Ties `input` to the listbox `box`. `stateOf()` gives the facets; `drawn(result)` receives each new result (null: empty query).
 * `names` and `texts` bound the two groups. With `first`, the first hit is chosen at once; `last(text)` makes a link below all hits. Returns `{refresh}`.
 */
export function combobox(input, box, { names = 8, texts = 6, stateOf = () => new URLSearchParams(), drawn = () => {}, status = null, first: opensFirst = true, last = null }) {
  const id = `cb-hits-${lists += 1}`;
  let turn = 0, pause = 0;
  box.id = id;
  for (const [key, value] of Object.entries({ role: "combobox", "aria-controls": id, "aria-autocomplete": "list", "aria-expanded": "false", autocomplete: "off", spellcheck: "false" })) input.setAttribute(key, value);
  const options = () => [...box.querySelectorAll("[role=option]")], say = (text) => { if (status) status.textContent = text; };

  async function refresh() {
    const mine = turn += 1, text = input.value.trim();
    clearTimeout(pause);
    if (!text) { put([]); say(""); drawn(null); return; }
    try {
      const ready = await engine(fieldsIn(text));
      if (mine !== turn) return;
      const found = byName(ready, text, stateOf()), shown = found.entries.slice(0, names), docsOnly = found.wantsDocs, first = docsOnly ? [] : shown.map((e) => nameHit(ready.names, e, found.text));
      const more = last ? [el("div", { role: "presentation" }, last(text))] : [];
      put([group(words.names, found.entries.length, first), ...more]);
      drawn({ ...found, ready });
      say(words.looking);
      pause = setTimeout(async () => {
        const result = await byText(ready, texts, found).catch(() => null);
        if (mine !== turn) return;
        const second = (result?.hits ?? []).map((hit) => textHit(ready.names, hit));
        if (second.length) append(group(words.inText, result.total, second));
        const total = (docsOnly ? 0 : found.entries.length) + (result?.total ?? 0);
        if (!total) put([none(result ? words.nothing(text) : words.noText)]);
        say(total ? words.count(total) : words.nothing(text));
      }, PAUSE);
    } catch { if (mine === turn) { put([none(words.broken)]); say(words.broken); } }
  }

  function put(groups) {
    box.replaceChildren(...groups.filter(Boolean));
    number(opensFirst ? 0 : -1);
  }
  function append(more) {
    const now = options().findIndex((o) => o.ariaSelected === "true");
    const at = last && box.lastElementChild;
    if (at) at.before(more); else box.append(more);
    number(opensFirst ? Math.max(now, 0) : now < 0 || now === options().length - 1 ? -1 : now);
  }
  /** Options need ids of their own for aria-activedescendant. */
  function number(chosen) {
    const all = options();
    all.forEach((option, i) => { option.id = `${id}-${i}`; option.setAttribute("aria-selected", String(i === chosen)); });
    input.setAttribute("aria-expanded", String(all.length > 0));
    if (all.length && chosen >= 0) input.setAttribute("aria-activedescendant", `${id}-${chosen}`); else input.removeAttribute("aria-activedescendant");
  }
  function choose(step) {
    const all = options();
    if (!all.length) return;
    const now = all.findIndex((o) => o.ariaSelected === "true");
    number(now < 0 && step < 0 ? all.length - 1 : (now + step + all.length) % all.length);
    all.find((o) => o.ariaSelected === "true").scrollIntoView({ block: "nearest" });
  }

  input.addEventListener("input", refresh);
  input.addEventListener("keydown", (e) => {
    if (e.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key], chosen = options().find((o) => o.ariaSelected === "true");
    if (step && options().length) { e.preventDefault(); choose(step); }
    if (e.key === "Enter" && chosen && e.ctrlKey | e.metaKey) { e.preventDefault(); open(chosen.href); } else if (e.key === "Enter" && chosen) { e.preventDefault(); chosen.click(); }
  });
  return { refresh };
}

const none = (text) => el("div", { class: "cb-dialog__none", role: "presentation" }, text);
const group = (title, count, hits) => (hits.length
  ? el("ul", { role: "group", "aria-label": title }, el("li", { role: "presentation", class: "cb-dialog__group" }, title, " ", el("span", { class: "cb-count" }, String(count))), hits.map((hit) => el("li", { role: "presentation" }, hit)))
  : null);

const row = (path, shape, name, small, end, props = {}) => el("a", { class: "cb-hit", role: "option", tabindex: "-1", href: to(path), ...props },
  shape, el("span", { class: "cb-hit__main" }, el("span", { class: "cb-hit__name" }, name), el("small", {}, small)), el("span", { class: "cb-hit__end" }, end));

/** A hit of the names index: the name as found, then what it is. */
export function nameHit(names, e, text, props) {
  const kind = words.kind(names.raw.kinds[names.raw.kind[e.i]].name), byTitle = e.title !== e.name;
  const what = [byTitle ? e.name : "", e.type ? `${kind} · ${e.type}` : kind, e.lifecycle && e.lifecycle !== "production" ? e.lifecycle : ""].filter(Boolean).join(" · ");
  return row(names.pathOf(e), icon(e.icon, kind), el("bdi", {}, marked(highlight(e.title, text))), byTitle ? marked(highlight(what, text)) : what, e.owner ? bdi(names.called(e.owner)) : "", props);
}

/** A hit of the full text: title and excerpt. */
export function textHit(names, hit, props) {
  const e = hit.entry, kind = e ? words.kind(names.raw.kinds[names.raw.kind[e.i]].name) : words.docs;
  return row(hit.path, icon(e ? e.icon : "docs", kind), bdi(e ? e.title : hit.title), marked(hit.pieces), e?.owner ? bdi(names.called(e.owner)) : !e && hit.path.startsWith("guides/") ? words.docs : "", props);
}
