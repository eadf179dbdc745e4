// my-team.js: home's card of the chosen team with all teams below it, and of the chosen person; starred entities, and those visited last. All of it is in this browser.
import { bdi, disable, el, icon, memory, to } from "./elements.js";
import { healthOf } from "./facet-columns.js";
import { choosePerson, chooseTeam, myPerson, myTeam, starredRefs } from "./mine.js";
import { loadColumns, loadNames } from "./names.js";
import { remembered } from "./recent.js";
import { words } from "./words.js";

const MOST = 6, LISTED = 12, SUMS = ["system", "domain", "group"];      // whose health is that of their members
const card = document.querySelector("[data-my-team]"), visited = document.querySelector("[data-recent]"), starred = document.querySelector("[data-starred]");
const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** The names, and what stands beside them; null where these cannot be loaded. */
const read = async () => { const names = await loadNames(); return { names, columns: await loadColumns().catch(() => null) }; };

function mine() {
  const body = card.querySelector("[data-body]"), head = card.querySelector("[data-name]"), change = card.querySelector("[data-change]");
  change.addEventListener("click", pick);
  if (myTeam() || myPerson()) draw(); else offer();

  function offer() {
    change.hidden = true;
    head.textContent = words.myTeam.replace(/:\s*$/u, "");
    body.replaceChildren(el("p", { class: "cb-muted" }, card.dataset.text), el("button", { type: "button", class: "cb-button", onclick: pick }, icon("group"), words.pickTeam));
  }

  async function pick() {
    const known = await read().catch(() => null);
    if (!known) { disable(body, words.noData); return; }
    const { names, columns } = known, place = (e) => (columns ? columns.rank[e.i] : e.i), of = (kind) => names.entries.filter((e) => e.kind === kind).sort((a, b) => place(a) - place(b));
    const label = (e) => (e.title === e.name ? e.title : `${e.title} (${e.name})`), people = new Map(of("user").map((e) => [label(e), e]));
    const teams = el("select", { class: "cb-select", "aria-label": words.pickTeam }, el("option", { value: "" }, words.pickTeam), of("group").map((e) => el("option", { value: names.refOf(e), selected: names.refOf(e) === myTeam() }, label(e))));
    const me = names.byRef(myPerson()), person = el("input", { class: "cb-select", type: "search", list: "cb-people", placeholder: words.pickPerson, "aria-label": words.pickPerson, autocomplete: "off", value: me ? label(me) : "" });
    // Who is chosen brings their first team, unless there is one already.
    person.addEventListener("input", () => { const e = people.get(person.value), row = e && columns?.above.get(e.i)?.[0]; if (row !== undefined && !teams.value) teams.value = names.refOf(names.entries[row]); });
    const form = el("form", { class: "cb-mine__pick" }, teams, people.size ? [person, el("datalist", { id: "cb-people" }, [...people.keys()].map((text) => el("option", { value: text })))] : null,
      el("button", { class: "cb-button" }, capital(words.choose)), memory.keeps() ? null : el("span", { class: "cb-muted" }, words.notKept));
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      chooseTeam(teams.value);
      choosePerson(people.has(person.value) ? names.refOf(people.get(person.value)) : "");
      if (myTeam() || myPerson()) draw(true); else offer();
    });
    body.replaceChildren(form);
    teams.focus();
  }

  async function draw(refocus = false) {
    const known = await read().catch(() => null);
    if (!known) return;
    const { names } = known, team = names.byRef(myTeam()), me = names.byRef(myPerson());
    if (!team && !me) { offer(); body.prepend(el("p", { class: "cb-muted" }, words.gone)); return; }
    change.hidden = false;
    const link = (e) => el("a", { class: "cb-plain", href: to(names.pathOf(e)) }, bdi(e.title));
    head.replaceChildren(...(team ? [words.myTeam, link(team)] : [link(me)]));
    body.replaceChildren(...(team ? summary(known, team) : []), el("p", { class: "cb-mine__me cb-muted" }, team ? teamsBelow(known, team) : null, me ? person(names, me) : null));
    if (team && "panels" in card.dataset) body.append(el("p", {}, el("a", { href: `${to(names.pathOf(team))}#operations` }, words.panelsOfTeam)));
    if (refocus) change.focus();
  }
}

const query = (key, ref, more = "") => `${to("catalog/")}?${key}=${encodeURIComponent(ref).replaceAll("%3A", ":").replaceAll("%2F", "/")}${more}`;
const key = (title, ...value) => el("div", {}, el("dt", {}, title), el("dd", {}, ...value));
const number = (n, href, tone = "") => el("a", { class: `cb-plain cb-mine__number${n && tone ? ` cb-state--${tone}` : ""}`, href }, n.toLocaleString("en"));

/** The chosen person: their page has their shifts. */
function person(names, me) {
  const ref = names.refOf(me), owned = names.entries.filter((e) => e.owner === ref).length;
  return el("span", {}, el("a", { class: "cb-ref i-user", href: to(names.pathOf(me)) }, bdi(me.title)), owned ? [" · ", el("a", { class: "cb-plain", href: query("owner", ref) }, words.owns(owned))] : "");
}

/** What the team and those below it own by kind, what is urgent, their problems, and what of theirs is in trouble. */
function summary({ names, columns }, team) {
  const { raw } = names, ref = names.refOf(team), mine = names.entries.filter(columns ? columns.isOwnedBy(names, ref) : (e) => e.owner === ref);
  if (!mine.length) return [el("p", { class: "cb-muted" }, words.nothingOwned)];
  const [problems = mine.reduce((n, e) => n + raw.problems[e.i], 0), ...urgent] = columns?.teams.get(team.i) ?? [], families = columns?.health?.families ?? [];
  const kinds = raw.kinds.map((k) => [k, mine.filter((e) => e.kind === k.kind).length]).filter(([, n]) => n);
  const of = (e) => (columns?.health ? healthOf(columns, raw, e.i) : raw.severity[e.i] === 3 ? ["trouble"] : []), weight = (e) => (columns?.health?.tone[e.i] ?? 0) * 100 + families.reduce((n, family) => n + columns.health.urgent[family][e.i], 0);
  const trouble = mine.filter((e) => of(e)[0] === "trouble" && (!SUMS.includes(e.kind) || raw.severity[e.i] === 3)).sort((a, b) => weight(b) - weight(a) || (columns ? columns.rank[a.i] - columns.rank[b.i] : 0));
  return [
    el("dl", { class: "cb-keys" },
      ...families.map((family, n) => key(words.health[family], number(urgent[n], query("team", ref, `&health=${family}`), "bad"))),
      key(words.facet.problems, number(problems, query("team", ref, "&problems=error&problems=warning&problems=info"), "warn")),
      ...kinds.map(([k, n]) => key(words.kind(k.plural), number(n, query("team", ref, `&kind=${k.kind}`))))),
    trouble.length ? el("p", { class: "cb-mine__trouble cb-chips" }, el("span", { class: "cb-muted" }, words.health.trouble), trouble.slice(0, MOST).map((e) => chip(names, columns, e, of(e))),
      trouble.length > MOST ? el("a", { class: "cb-chip", href: query("team", ref, columns?.health ? "&health=trouble" : "&problems=error") }, words.more(trouble.length - MOST)) : null) : null,
  ].filter(Boolean);
}

/** How many teams below the team count with it. */
function teamsBelow({ names, columns }, team) {
  if (!columns) return words.noColumns;
  const below = names.entries.filter((e) => e.kind === "group" && e !== team && columns.teamsOf(e.i).has(team.i)).length;
  return below ? words.withTeamsBelow(below) : null;
}

/** An entity in trouble, with a sign for each kind of it. */
function chip(names, columns, e, states) {
  const signs = states.filter((state) => state in words.family), first = signs[0];
  return el("a", { class: "cb-chip", href: `${to(names.pathOf(e))}#${first ? `facts-${first}` : "problems"}` }, icon(e.icon), bdi(e.title),
    signs.map((family) => el("span", { class: "cb-state cb-state--bad" }, icon(family, words.urgent(family, columns.health.urgent[family][e.i])))), states.includes("errors") || !signs.length ? el("span", { class: "cb-state cb-state--bad" }, icon("bad", words.health.errors)) : null);
}

/** Fills a list of entities; those that are gone are left out, and an empty list stays hidden. */
async function list(section, refs, order) {
  if (!refs.length) return;
  const known = await read().catch(() => null), entries = known ? refs.map((ref) => known.names.byRef(ref)).filter(Boolean) : [];
  if (!entries.length) return;
  const by = order(known.columns), shown = (by ? [...entries].sort(by) : entries).slice(0, section === visited ? MOST : LISTED);
  section.querySelector("[data-list]").replaceChildren(...shown.map((e) => el("li", { class: "cb-row cb-row--slim" },
    el("a", { class: `cb-ref i-${e.icon}`, href: to(known.names.pathOf(e)) }, bdi(e.title)), el("span", { class: "cb-row__end cb-muted" }, e.owner ? bdi(known.names.called(e.owner)) : ""))));
  if (section === starred && entries.length > LISTED) section.querySelector("[data-list]").after(el("p", { class: "cb-below" }, el("a", { href: `${to("catalog/")}?starred=yes` }, words.more(entries.length - LISTED))));
  section.hidden = false;
}

if (card) mine();
if (visited) list(visited, remembered(), () => 0);
if (starred) list(starred, starredRefs(), (columns) => (a, b) => (columns ? columns.rank[a.i] - columns.rank[b.i] : 0));
