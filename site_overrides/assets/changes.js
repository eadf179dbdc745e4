// changes.js: filters the changes of a page by days, team, kind of entity and kind of change. Without this script the page is the whole list.
import { attach, count, ofTeam, queryOf } from "./list-filter.js";

const form = document.querySelector("[data-log]"), isRecent = "recentDays" in form.dataset;
const days = [...document.querySelectorAll("[data-day]")].map((day) => ({ day, rows: [...day.querySelectorAll(".cb-list > li")], more: day.querySelector("[data-more]") }));

/** The first day of the period, in the time zone of the portal. */
function since(number) {
  const zone = document.querySelector("[data-zone]")?.dataset.zone || "UTC";
  return new Date(Date.now() - (number - 1) * 86_400_000).toLocaleDateString("sv", { timeZone: zone });
}

attach(form, (state, team) => {
  const first = isRecent ? since(Number(state.days)) : "", isFiltered = Boolean(team || state.kind || state.change);
  let shown = 0, all = 0;
  for (const { day, rows, more } of days) {
    let here = 0;
    for (const row of rows) {
      const lines = [...row.querySelectorAll("[data-g]")];
      for (const line of lines) line.hidden = Boolean(state.change) && line.dataset.g !== state.change;
      row.hidden = !ofTeam(row, team) || Boolean(state.kind && row.dataset.k !== state.kind) || lines.every((line) => line.hidden);
      here += row.hidden ? 0 : 1;
    }
    day.hidden = day.dataset.day < first || (isFiltered && !here && !more);
    if (day.hidden) continue;
    shown += here;
    all += rows.length;
    if (more) {      // the page that has the rest gets the same filters
      const [path, anchor] = more.getAttribute("href").split("#");
      more.setAttribute("href", path.split("?")[0] + queryOf({ ...state, days: "" }) + (anchor ? `#${anchor}` : ""));
    }
  }
  count(form, shown, all);
}, isRecent ? "changes" : "");
