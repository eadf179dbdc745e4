// table-tools.js: what stands around the catalog's table: the choice of columns, kept in this browser, and files of what is filtered.
import { el, icon, memory } from "./elements.js";
import { words } from "./words.js";

/** The columns that the reader wants, of all that the table can have. */
export function shownColumns(all) {
  const chosen = memory.get("columns"), wanted = Array.isArray(chosen) ? new Set(chosen) : null, known = new Set(wanted ? memory.get("columns-known") ?? [] : []);
  return all.filter(({ key, isShown }) => (wanted && (wanted.has(key) || known.has(key)) ? wanted.has(key) : isShown));
}

/** Fills the menu of columns; `changed()` is called after each choice. A column that a later version adds shows as it does by itself. */
export function columnMenu(menu, all, changed) {
  const box = menu.querySelector("fieldset");
  const draw = () => {
    const shown = new Set(shownColumns(all).map(({ key }) => key));
    box.replaceChildren(box.querySelector("legend"),
      ...all.map(({ key, title }) => el("label", {}, el("input", { type: "checkbox", name: key, checked: shown.has(key), autocomplete: "off" }), el("span", {}, title))),
      el("button", { type: "button", class: "cb-linkbutton", hidden: !memory.get("columns"), onclick: () => { memory.set("columns", null); draw(); changed(); box.querySelector("input").focus(); } }, words.standardColumns));
  };
  box.addEventListener("change", () => {
    memory.set("columns", [...box.querySelectorAll("input:checked")].map((input) => input.name));
    memory.set("columns-known", all.map(({ key }) => key));
    box.querySelector("button").hidden = false;
    changed();
  });
  draw();
}

/** Menus close with Escape, and when something else is used; `below`, which an open menu covers in part, cannot be used meanwhile. */
export function closingMenus(root, below) {
  const menus = [...root.querySelectorAll("details[data-menu]")];
  document.addEventListener("pointerdown", (e) => { for (const menu of menus) if (!menu.contains(e.target)) menu.open = false; });
  for (const menu of menus) {
    menu.addEventListener("toggle", () => { below.inert = menus.some((each) => each.open); });
    menu.addEventListener("focusout", (e) => { if (e.relatedTarget && !menu.contains(e.relatedTarget)) menu.open = false; });
    menu.addEventListener("keydown", (e) => { if (e.key === "Escape" && menu.open) { e.preventDefault(); menu.open = false; menu.querySelector("summary").focus(); } });
  }
}

/** What files have of each entity. */
function record(names, columns, all, e) {
  const { raw } = names, text = (key) => all.find((column) => column.key === key)?.text(e);
  return {
    kind: raw.kinds[raw.kind[e.i]].kind, namespace: e.namespace, name: e.name, title: e.title, type: e.type, owner: e.owner, lifecycle: e.lifecycle, system: e.system,
    tags: raw.tagged[e.i].map((t) => raw.tags[t]), problems: raw.problems[e.i],
    ...Object.fromEntries(all.filter(({ isKnown }) => isKnown).map(({ key }) => [key, text(key)])),
    url: new URL(`../${names.pathOf(e)}`, import.meta.url).href,
  };
}

/** Rows as JSON, or as CSV for spreadsheets: what they would take for a formula is quoted. */
export function fileOf(kind, names, columns, all, entries) {
  const records = entries.map((e) => record(names, columns, all, e));
  if (kind === "json") return new Blob([JSON.stringify(records, null, 1)], { type: "application/json" });
  const cell = (value) => { const text = Array.isArray(value) ? value.join(" ") : String(value ?? ""), safe = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text; return /[",;\r\n]/u.test(safe) ? `"${safe.replaceAll("\"", "\"\"")}"` : safe; };
  const keys = Object.keys(records[0] ?? record(names, columns, all, names.entries[0]));
  return new Blob([`\ufeff${[keys, ...records.map((each) => keys.map((key) => each[key]))].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" });
}

/** Saves a file in the browser. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob), link = el("a", { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The reader's own views before those of the page: their team, themselves, what they have starred. */
export function ownViews({ team, person, stars }, names) {
  const chip = (shape, text, query) => el("a", { class: "cb-chip", href: `?${query}`, "data-view": "" }, icon(shape), el("bdi", {}, text), " ", el("span", { class: "cb-count" }));
  const owned = (key, ref) => `${key}=${encodeURIComponent(ref).replaceAll("%3A", ":").replaceAll("%2F", "/")}`;
  return [
    team && names.byRef(team) ? chip("group", names.called(team), owned("team", team)) : null,
    person && names.entries.some((e) => e.owner === person) ? chip("user", names.called(person), owned("owner", person)) : null,
    stars.length ? chip("starred", words.starredView, "starred=yes") : null,
  ].filter(Boolean);
}
