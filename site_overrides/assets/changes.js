// changes.js: filters the changes of a page by days, team, kind of entity and kind of change. The filters are in the address, and
// the page of the last days remembers them in this browser. Without this script the page is the whole list.
import { memory } from "./elements.js";

const form = document.querySelector("[data-log]"), isRecent = "recentDays" in form.dataset, selects = [...form.querySelectorAll("select")];
const periods = [...form.querySelectorAll("[data-days]")], mine = form.querySelector("[data-mine]"), clear = form.querySelector("[data-clear]");
const days = [...document.querySelectorAll("[data-day]")].map((day) => ({ day, rows: [...day.querySelectorAll("[data-k], .cb-list > li")] }));
const NAMES = ["days", ...selects.map((select) => select.name)], MOST = "30";
const team = memory.get("team")?.ref, teams = selects.find((select) => select.name === "team");

const values = () => ({ days: periods.find((each) => each.ariaPressed === "true")?.dataset.days ?? MOST, ...Object.fromEntries(selects.map((select) => [select.name, select.value])) });

function apply(state) {
  for (const each of periods) each.ariaPressed = String(each.dataset.days === (state.days || MOST));
  for (const select of selects) {
    select.value = state[select.name] ?? "";
    if (select.selectedIndex < 0) select.value = "";
  }
  if (mine) mine.ariaPressed = String(teams?.value === team);
  draw();
}

/** The first day of the period, in the time zone of the portal. */
function since(count) {
  const zone = document.querySelector("[data-zone]")?.dataset.zone || "UTC";
  return new Date(Date.now() - (count - 1) * 86_400_000).toLocaleDateString("sv", { timeZone: zone });
}

function draw() {
  const { days: count, kind, change } = values(), number = teams?.selectedOptions[0]?.dataset.n, first = isRecent ? since(Number(count)) : "";
  const isFiltered = Boolean(number || kind || change);
  let shown = 0, all = 0;
  for (const { day, rows } of days) {
    let here = 0;
    for (const row of rows) {
      const lines = [...row.querySelectorAll("[data-g]")];
      for (const line of lines) line.hidden = Boolean(change) && line.dataset.g !== change;
      row.hidden = Boolean(number && !row.dataset.t?.split(" ").includes(number)) || Boolean(kind && row.dataset.k !== kind) || lines.every((line) => line.hidden);
      here += row.hidden ? 0 : 1;
    }
    const more = day.querySelector("[data-more]");
    day.hidden = day.dataset.day < first || (isFiltered && !here && !more);
    if (day.hidden) continue;
    shown += here;
    all += rows.length;
    if (more) {
      const [path, anchor] = more.getAttribute("href").split("#"), query = search({ ...values(), days: "" });
      more.setAttribute("href", path.split("?")[0] + query + (anchor ? `#${anchor}` : ""));
    }
  }
  form.querySelector("[role=status]").textContent = form.dataset.shown.replace("{:,}", shown.toLocaleString("en")).replace("{:,}", all.toLocaleString("en"));
  clear.hidden = !isFiltered && count === MOST;
  document.querySelector("[data-nothing]").hidden = days.some(({ day }) => !day.hidden);
}

/** The query of the address for these filters. */
function search(state) {
  const query = new URLSearchParams(NAMES.filter((name) => state[name] && !(name === "days" && state[name] === MOST)).map((name) => [name, state[name]])).toString();
  return query ? `?${query.replaceAll("%3A", ":").replaceAll("%2F", "/")}` : "";
}

function changed() {
  const state = values();
  history.replaceState(null, "", location.pathname + search(state) + location.hash);
  if (isRecent) memory.set("changes", state);
  apply(state);
}

form.addEventListener("change", changed);
form.addEventListener("submit", (e) => e.preventDefault());
for (const each of periods) each.addEventListener("click", () => { for (const other of periods) other.ariaPressed = String(other === each); changed(); });
clear.addEventListener("click", () => { apply({}); changed(); });
if (team && teams && [...teams.options].some((option) => option.value === team)) {
  mine.hidden = false;
  mine.addEventListener("click", () => { teams.value = teams.value === team ? "" : team; changed(); });
}
const query = new URLSearchParams(location.search), asked = Object.fromEntries(NAMES.filter((name) => query.has(name)).map((name) => [name, query.get(name)]));
apply(Object.keys(asked).length || !isRecent ? asked : memory.get("changes") ?? {});
