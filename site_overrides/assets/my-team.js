// my-team.js: home's card of the selected team (stored in this browser) and the list of recently visited pages.
import { bdi, disable, el, icon, memory, to } from "./elements.js";
import { loadNames } from "./names.js";
import { remembered } from "./recent.js";
import { words } from "./words.js";

const card = document.querySelector("[data-my-team]"), list = document.querySelector("[data-recent]");
if (card) team();
if (list) recent();

async function team() {
  const body = card.querySelector("[data-body]"), head = card.querySelector("[data-name]"), change = card.querySelector("[data-change]");
  let names = null;
  change.addEventListener("click", () => pick(memory.get("team")?.ref));
  if (memory.get("team")) draw(); else offer();

  async function read() {
    names ??= await loadNames();
    return names;
  }
  function offer() {
    change.hidden = true;
    head.textContent = words.myTeam.replace(/:\s*$/u, "");
    body.replaceChildren(el("p", { class: "cb-muted" }, card.dataset.text), el("button", { type: "button", class: "cb-button", onclick: () => pick() }, icon("group"), words.pickTeam));
  }
  async function pick(now = "") {
    const known = await read().catch(() => null);
    if (!known) { disable(body, words.noData); return; }
    const { entries, refOf } = known, teams = entries.filter((e) => e.kind === "group").sort((a, b) => a.title.localeCompare(b.title));
    const choose = (ref) => { memory.set("team", { ref }); draw(true); };
    const select = el("select", { class: "cb-select", "aria-label": words.pickTeam },
      el("option", { value: "" }, words.pickTeam), teams.map((e) => el("option", { value: refOf(e), selected: refOf(e) === now }, e.title === e.name ? e.title : `${e.title} (${e.name})`)));
    // A list changes at each arrow key: only a choice that is confirmed or made with the pointer counts.
    select.addEventListener("keydown", (e) => { if (e.key === "Enter" && select.value) { e.preventDefault(); choose(select.value); } });
    select.addEventListener("change", () => { ok.disabled = !select.value; });
    const ok = el("button", { type: "button", class: "cb-button", disabled: !now, onclick: () => choose(select.value) }, words.choose[0].toUpperCase() + words.choose.slice(1));
    body.replaceChildren(el("p", { class: "cb-mine__pick" }, select, ok));
    select.focus();
  }
  async function draw(refocus = false) {
    const { ref } = memory.get("team"), all = await read().catch(() => null), own = all?.byRef(ref);
    if (!all) return;
    if (!own) { offer(); body.prepend(el("p", { class: "cb-muted" }, words.gone)); return; }
    change.hidden = false;
    head.replaceChildren(words.myTeam, el("a", { class: "cb-plain", href: to(all.pathOf(own)) }, bdi(own.title)));
    const mine = all.entries.filter((e) => e.owner === ref), found = summary(all, mine, ref);
    body.replaceChildren(...found);
    if (refocus) change.focus();
  }
}

/** Numbers by kind, problems, and the entities with problems first. */
function summary(names, mine, ref) {
  if (!mine.length) return [el("p", { class: "cb-muted" }, words.nothingOwned)];
  const { raw } = names, owned = `catalog/?owner=${encodeURIComponent(ref).replaceAll("%3A", ":").replaceAll("%2F", "/")}`, problems = mine.reduce((n, e) => n + raw.problems[e.i], 0);
  const worst = Math.max(...mine.map((e) => raw.severity[e.i])), tone = ["good", "info", "warn", "bad"][worst];
  const kinds = raw.kinds.map((k) => [k, mine.filter((e) => e.kind === k.kind).length]).filter(([, n]) => n);
  const key = (title, ...value) => el("div", {}, el("dt", {}, title), el("dd", {}, ...value));
  const faulty = mine.filter((e) => raw.severity[e.i] > 1).sort((a, b) => raw.severity[b.i] - raw.severity[a.i] || raw.problems[b.i] - raw.problems[a.i]).slice(0, 6);
  return [el("dl", { class: "cb-keys" },
    ...kinds.map(([k, n]) => key(words.kind(k.plural), el("a", { class: "cb-plain cb-mine__number", href: to(`${owned}&kind=${k.kind}`) }, String(n)))),
    key(words.facet.problems, el("a", { class: `cb-plain cb-state cb-state--${tone}`, href: to(problems ? `${owned}&problems=error&problems=warning&problems=info` : owned) }, icon(tone), String(problems))),
    faulty.length ? el("div", { class: "cb-keys__wide" }, el("dt", {}, words.toMend), el("dd", {}, faulty.map((e) => el("a", { class: "cb-chip", href: `${to(names.pathOf(e))}#problems` }, icon(e.icon), bdi(e.title), el("span", { class: "cb-count" }, String(raw.problems[e.i])))))) : null)];
}

/** Recently visited pages; pages that no longer exist are left out. */
async function recent() {
  const visited = remembered();
  if (!visited.length) return;
  const names = await loadNames().catch(() => null), entries = names ? visited.map((ref) => names.byRef(ref)).filter(Boolean).slice(0, 6) : [];
  if (!entries.length) return;
  list.querySelector("[data-list]").replaceChildren(...entries.map((e) => el("li", { class: "cb-row cb-row--slim" },
    el("a", { class: `cb-ref i-${e.icon}`, href: to(names.pathOf(e)) }, bdi(e.title)), el("span", { class: "cb-row__end cb-muted" }, e.owner ? bdi(names.called(e.owner)) : ""))));
  list.hidden = false;
}
