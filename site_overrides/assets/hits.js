// hits.js: a field with a list of hits under it (the ARIA combobox pattern): queries names and index on input, arrow keys select, Enter opens.
import { bdi, el, icon, marked, to } from "./elements.js";
import { byIndex, byName, engine, PAUSE, take } from "./engine.js";
import { fieldsIn } from "./filters.js";
import { highlight } from "./search-core.js";
import { words } from "./words.js";

let lists = 0;

/**
 * Ties `input` to the listbox `box`. `stateOf()` gives the facets; `drawn(result)` receives each new result (null: empty query), twice for a query.
 * `names` bounds the groups of names, `texts` the others. With `first`, the first hit is chosen at once; `last(text)` makes a link below all hits. Returns `{refresh}`.
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
      const named = byName(ready, text, stateOf());
      put(await drawnGroups(named, ["names"]), last?.(text));
      drawn(named);
      say(words.looking);
      pause = setTimeout(() => complete(named, mine, text), PAUSE);
    } catch { if (mine === turn) { put([none(words.broken)]); say(words.broken); } }
  }

  /** Adds what the index finds to the names that are there already. */
  async function complete(named, mine, text) {
    let found = named, groups = null;
    try { found = await byIndex(named); groups = await drawnGroups(found, found.order); } catch { groups = [...await drawnGroups(named, ["names", "similar"]), none(words.noText)]; }
    if (mine !== turn) return;
    if (found.total || found === named) append(groups, last?.(text)); else put([none(words.nothing(text))]);
    drawn(found);
    say(found === named ? words.noText : !found.total ? words.nothing(text) : found.hasTexts ? words.count(found.total) : words.countTitles(found.total));
  }

  const drawnGroups = (found, which) => Promise.all(which.map(async (name) => group(words.groups[name], found.groups[name].length,
    (await take(found, name, ["names", "similar"].includes(name) ? names : texts)).map((hit) => anyHit(found.ready.names, hit, found.text)))));

  function put(groups, more = null) {
    box.replaceChildren(...groups.filter(Boolean), ...(more ? [el("div", { role: "presentation" }, more)] : []));
    number(opensFirst ? 0 : -1);
  }
  /** All groups in place of the first ones; the chosen hit stays chosen. */
  function append(groups, more) {
    const chosen = options().find((o) => o.ariaSelected === "true")?.href;
    put(groups, more);
    const at = options().findIndex((o) => o.href === chosen);
    if (at > 0 || (chosen && at === 0)) number(at);
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

/** A section, or a page: its title, where it is, and how its text begins. */
export function sectionHit(names, hit, text, props) {
  const e = hit.row >= 0 ? names.entries[hit.row] : null, kind = e ? words.kind(names.raw.kinds[names.raw.kind[e.i]].name) : words.docs;
  const where = [...(e && e.title !== hit.title ? [e.title] : []), ...hit.crumbs.filter((crumb) => crumb !== e?.title && crumb !== hit.title)];
  const small = [...where.flatMap((crumb, i) => [i ? " › " : "", bdi(crumb)]), where.length && hit.excerpt ? " · " : "", ...marked(highlight(hit.excerpt, text))];
  const code = ["operation", "type"].includes(hit.kind), name = marked(highlight(hit.title, text));
  return row(hit.path, icon(e && (code || hit.kind === "fact") ? e.icon : "docs", kind), code ? el("code", {}, ...name) : el("bdi", {}, ...name), small, e?.owner ? bdi(names.called(e.owner)) : e ? "" : words.docs, props);
}

/** A hit of any group. */
export const anyHit = (names, hit, text, props) => (hit.entry ? nameHit(names, hit.entry, text, props) : sectionHit(names, hit, text, props));
