// by-team.js: filters the rows of a page by team, with what the reader chose as "My team". Without it all rows are shown.
import { attach, count, ofTeam } from "./list-filter.js";

const form = document.querySelector("[data-by-team]"), rows = [...document.querySelectorAll("tr[data-t]")];
const sections = [...document.querySelectorAll("section:has(tr[data-t])")].filter((section) => !section.contains(form));

attach(form, (_, team) => {
  for (const row of rows) row.hidden = !ofTeam(row, team);
  for (const section of sections) section.hidden = !section.querySelector("tr[data-t]:not([hidden])");
  count(form, rows.filter((row) => !row.hidden).length, rows.length);
}, form.dataset.byTeam);
