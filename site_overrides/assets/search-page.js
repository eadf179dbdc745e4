// search-page.js: /search/?q=…: all hits of both indexes, with facets; the state is in the URL.
import { byName, byText, engine, FACETS, PAUSE } from "./engine.js";
import { chosenChips, facetPanel } from "./facets.js";
import { disable, el } from "./elements.js";
import { FIELDS, fieldsIn, settled } from "./filters.js";
import { nameHit, textHit } from "./hits.js";
import { toggled, written } from "./facet-columns.js";
import { words } from "./words.js";

const STEP = 25, PLAIN = { role: null, tabindex: null };
const root = document.querySelector("[data-search-page]");
if (root) start();

async function start() {
  const $ = (s) => root.querySelector(s), input = $("input[type=search]"), status = $("[data-status]"), chips = $("[data-chips]"), names = $("[data-names]"), texts = $("[data-texts]");
  let state = new URLSearchParams(location.search), ready = null, update = null, turn = 0, pause = 0, bounds = [STEP, STEP];
  if (input.value) state.set("q", input.value); else input.value = state.get("q") ?? "";      // what is typed early counts
  const go = (next, typing = false) => {
    state = next;
    bounds = [STEP, STEP];
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
    if (!isAsked) { names.replaceChildren(); texts.replaceChildren(); chips.replaceChildren(); status.textContent = ""; return; }
    try { ready = await engine([...fieldsIn(text), ...state.keys()]); } catch { status.textContent = words.broken; disable(root.querySelector("[data-facets]"), words.noData); return; }
    if (mine !== turn) return;
    update ??= facetPanel($("[data-facets]"), ready.columns, FACETS, { onlyFound: true, pick: (key, value) => { const next = settled(state, ready.columns); input.value = next.get("q") ?? ""; go(toggled(next, key, value)); } });
    const found = byName(ready, text, state);
    update(found.counts, found.chosen);
    chips.replaceChildren(...chosenChips(ready.columns, Object.keys(ready.columns), state, (key, value) => go(toggled(state, key, value))));
    names.replaceChildren(...part(words.names, found.entries.length, found.entries.slice(0, bounds[0]).map((e) => nameHit(ready.names, e, found.text, PLAIN)), found.entries.length > bounds[0], 0));
    status.textContent = words.looking;
    pause = setTimeout(async () => {
      const result = await byText(ready, bounds[1], found).catch(() => null);
      if (mine !== turn) return;
      texts.replaceChildren(...(result ? part(words.inText, result.total, result.hits.map((hit) => textHit(ready.names, hit, PLAIN)), result.total > bounds[1], 1) : [el("p", { class: "cb-muted" }, words.noText)]));
      if (result) update(result.counts, found.chosen);
      const total = found.entries.length + (result?.total ?? 0);
      status.textContent = total ? words.count(total) : words.nothing(text);
    }, PAUSE);
  }
  function part(title, count, hits, hasMore, which) {
    if (!hits.length) return [];
    const more = hasMore ? el("button", { type: "button", class: "cb-linkbutton cb-search-more", onclick: () => { bounds[which] += STEP * 2; draw(); } }, words.more(count - hits.length)) : null;
    return [el("div", { class: "cb-h2" }, el("h2", { id: `found-${which}` }, title, " ", el("span", { class: "cb-count" }, count.toLocaleString(document.documentElement.lang || undefined)))), el("ul", { class: "cb-list cb-box" }, hits.map((hit) => el("li", {}, hit))), more].filter(Boolean);
  }
  draw();
}
