// search-page.js: /search/?q=…: all hits in groups by kind of match, with facets; the state is in the URL.
import { byIndex, byName, engine, FACETS, PAUSE, share, take } from "./engine.js";
import { chosenChips, facetPanel } from "./facets.js";
import { disable, el } from "./elements.js";
import { FIELDS, fieldsIn, settled } from "./filters.js";
import { anyHit } from "./hits.js";
import { toggled, written } from "./facet-columns.js";
import { words } from "./words.js";

const STEP = 25, PLAIN = { role: null, tabindex: null };
const root = document.querySelector("[data-search-page]");
if (root) start();

async function start() {
  const $ = (s) => root.querySelector(s), input = $("input[type=search]"), status = $("[data-status]"), chips = $("[data-chips]"), box = $("[data-found]");
  let state = new URLSearchParams(location.search), ready = null, update = null, turn = 0, pause = 0, bounds = {};
  if (input.value) state.set("q", input.value); else input.value = state.get("q") ?? "";      // what is typed early counts
  const go = (next, typing = false) => {
    state = next;
    bounds = {};
    history[typing ? "replaceState" : "pushState"](null, "", written(state) || location.pathname);
    draw();
  };
  const typed = () => { const next = new URLSearchParams(state); if (input.value.trim()) next.set("q", input.value); else next.delete("q"); return next; };
  input.addEventListener("input", () => go(typed(), true));
  input.form.addEventListener("submit", (e) => { e.preventDefault(); root.querySelector(".cb-hit")?.focus(); });
  addEventListener("popstate", () => { state = new URLSearchParams(location.search); input.value = state.get("q") ?? ""; draw(); });
  root.addEventListener("keydown", (e) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key], hits = [...root.querySelectorAll(".cb-hit")], now = hits.indexOf(e.target.closest(".cb-hit"));
    if (!step || (now < 0 && e.target !== input)) return;
    e.preventDefault();
    if (now + step < 0) input.focus(); else hits[Math.min(now + step, hits.length - 1)]?.focus();
  });
  $("[data-facets-open]").addEventListener("click", (e) => {
    e.preventDefault();      // taken: see page.js
    const open = e.currentTarget.getAttribute("aria-expanded") !== "true";
    e.currentTarget.setAttribute("aria-expanded", String(open));
    $("[data-facets]").toggleAttribute("data-open", open);
  });

  async function draw() {
    const mine = turn += 1, text = (state.get("q") ?? "").trim();
    clearTimeout(pause);
    document.title = document.title.replace(/^(“.*” · )?/u, text ? `“${text}” · ` : "");
    const isAsked = text !== "" || [...state.keys()].some((key) => FIELDS.includes(key));
    root.toggleAttribute("data-asked", isAsked);
    if (!isAsked) { box.replaceChildren(); chips.replaceChildren(); status.textContent = ""; return; }
    try { ready = await engine([...fieldsIn(text), ...state.keys()]); } catch { status.textContent = words.broken; disable(root.querySelector("[data-facets]"), words.noData); return; }
    if (mine !== turn) return;
    update ??= facetPanel($("[data-facets]"), ready.columns, FACETS, { onlyFound: true, pick: (key, value) => { const next = settled(state, ready.columns); input.value = next.get("q") ?? ""; go(toggled(next, key, value)); } });
    const named = byName(ready, text, state);
    show(named, await drawnGroups(named, ["names"]));
    chips.replaceChildren(...chosenChips(ready.columns, Object.keys(ready.columns), state, (key, value) => go(toggled(state, key, value))));
    status.textContent = words.looking;
    pause = setTimeout(async () => {
      const found = await byIndex(named, true).catch(() => null), groups = await drawnGroups(found ?? named, found ? found.order : ["names", "similar"]).catch(() => null);
      if (mine !== turn) return;
      if (groups) show(found ?? named, groups);
      status.textContent = !found || !groups ? words.noText : found.total ? words.count(found.total) : words.nothing(text);
    }, PAUSE);
  }
  const drawnGroups = (found, which) => Promise.all(which.map(async (name) => {
    const all = found.groups[name], bound = bounds[name] ?? (all[0]?.entry ? STEP : share(found)), hits = await take(found, name, bound);
    return part(name, all.length, hits.map((hit) => anyHit(ready.names, hit, found.text, PLAIN)), bound);
  }));
  function show(found, groups) {
    const focused = box.contains(document.activeElement) ? document.activeElement.href : null;
    update(found.counts, found.chosen);
    box.replaceChildren(...groups.filter(Boolean));
    if (focused) [...box.querySelectorAll("a")].find((hit) => hit.href === focused)?.focus();
  }
  function part(name, count, hits, bound) {
    if (!hits.length) return null;
    const more = count > bound ? el("button", { type: "button", class: "cb-linkbutton cb-search-more", onclick: () => { bounds[name] = bound + STEP; draw(); } }, words.more(count - hits.length)) : null;
    return el("section", { "aria-label": words.groups[name], "data-group": name }, el("div", { class: "cb-h2" }, el("h2", { id: `found-${name}` }, words.groups[name], " ", el("span", { class: "cb-count" }, count.toLocaleString(document.documentElement.lang || undefined)))), el("ul", { class: "cb-list cb-box" }, hits.map((hit) => el("li", {}, hit))), more ?? "");
  }
  draw();
}
