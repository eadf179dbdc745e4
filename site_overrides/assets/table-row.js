// table-row.js: one row of the catalog, the same as templates/catalog.html writes it. A row is filled again and again with other entities:
// only what differs is touched.
import { el, icon, to } from "./elements.js";
import { starButton } from "./stars.js";
import { words } from "./words.js";

const dash = el("span", { class: "cb-muted", "aria-label": words.empty, role: "img" }, "–");

/** Rows that are laid out as grids are rows of a table no longer in some browsers, unless they say so. */
export function setRoles(rows, own = { TH: "rowheader", TD: "cell" }) {
  for (const row of rows) { row.setAttribute("role", "row"); for (const cell of row.cells) cell.setAttribute("role", own[cell.tagName]); }
}

/** Makes rows with these columns (of table-columns.js); `sentence(i)` is the first sentence of an entity's description; `withStars`: each has a star. */
export function rowMaker(names, columns, sentence, withStars) {
  const { raw } = names, cells = columns.map(({ key, title }) => el("td", { role: "cell", "data-label": title, "data-col": key }));
  const prototype = el("tr", { role: "row" },
    el("th", { scope: "row", role: "rowheader" }, el("span", { class: "cb-cell" }, icon("docs"), el("span", { class: "cb-cell__text" }, el("span", { class: "cb-cell__name" }, el("a", {}, el("bdi"))), el("small")))), ...cells);

  return (given) => {
    if (given) setRoles([given]);
    const row = given ?? prototype.cloneNode(true), [head, ...own] = row.children, [, text] = head.firstChild.children, [name, small] = text.children, link = name.firstChild, star = withStars ? starButton() : null;
    const shown = own.map(() => undefined);
    let kind = -1, at = given ? undefined : -1, code = name.children[1] ?? null;      // undefined: the page's own entity
    if (star) head.firstChild.append(star.button);
    /** What a cell shows is known by `key`; the same key needs no change. An empty one is a dash, or nothing. */
    function put(at, key, make, isBlank) {
      if (shown[at] === key) return;
      shown[at] = key;
      if (!key && isBlank) { own[at].replaceChildren(); return; }
      const now = key ? make() : dash.cloneNode(true), old = own[at].firstChild;
      if (!old || now.className !== old.className || now.localName !== old.localName || old.children.length !== now.children.length || now.querySelector("i, a") || old.querySelector("i, a")) { own[at].replaceChildren(now); return; }
      for (const attribute of ["href", "title", "aria-label"]) if (now.hasAttribute(attribute)) old.setAttribute(attribute, now.getAttribute(attribute)); else old.removeAttribute(attribute);
      write(now.localName === "bdi" ? old : old.querySelector("bdi") ?? old, now.textContent);
    }
    function fill(e) {
      const byName = differs(e) ? e.name : "", said = sentence(e.i) || "";
      if (raw.kind[e.i] !== kind) { kind = raw.kind[e.i]; head.firstChild.firstChild.replaceWith(icon(raw.kinds[kind].icon, words.kind(raw.kinds[kind].name))); }
      link.setAttribute("href", to(names.pathOf(e)));
      write(link.firstChild, e.title);
      if (byName && !code) name.append(code = el("code", {}, byName)); else if (byName) write(code, byName); else { code?.remove(); code = null; }
      if (sentence(e.i) || (at !== undefined && at !== e.i)) write(small, said);      // the page has the sentence before table.json is here
      at = e.i;
      columns.forEach(({ value, cell, isBlank }, at) => put(at, value(e), () => cell(e), isBlank));
      star?.show(names.refOf(e), e.title);
    }
    return { row, fill };
  };
}

/** Changes the existing text node where there is one, which is cheaper than a new node. */
function write(element, text) {
  const old = element.firstChild;
  if (old?.nodeType !== Node.TEXT_NODE || old.nextSibling) element.textContent = text; else if (old.data !== text) old.data = text;
}

/** True if the title differs from the name by more than separators, so that both are shown. */
const differs = (e) => e.title !== e.name && e.title.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "") !== e.name.toLowerCase().replace(/[^a-z0-9]/gu, "");
