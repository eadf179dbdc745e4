// by-team.js: filters the rows of a page by team, with what the reader chose as "My team". Without it all rows are shown.
import { to } from "./elements.js";
import { attach, count, ofTeam } from "./list-filter.js";

const form = document.querySelector("[data-by-team]"), all = (selector) => [...document.querySelectorAll(selector)];
const rows = all("[data-t]"), shown = "[data-t]:not([hidden])", chosen = document.querySelector("[data-chosen]");
const sections = all(".cb-fact, section:has([data-t])").filter((section) => !section.contains(form)), rests = all("details:has([data-t])");
const wholes = all(".cb-fact .cb-badge, .cb-fact .cb-card__body > :not(:has([data-t]), .cb-fact__partly)");      // what is about all teams

attach(form, (state, team) => {
  for (const row of rows) row.hidden = !ofTeam(row, team);
  // What a tool could not say whole is no good news about a team: its panel stays.
  for (const section of sections) section.hidden = Boolean(team) && !section.querySelector(`${shown}, .cb-fact__partly`);
  for (const whole of wholes) whole.hidden = Boolean(team);
  for (const rest of rests) { rest.hidden = !rest.querySelector(shown); rest.open = Boolean(team); rest.firstElementChild.hidden = Boolean(team); }
  if (chosen) chosen.hidden = !team;
  if (chosen && team) lead(chosen.lastElementChild, state.team);
  count(form, rows.filter((row) => !row.hidden).length, rows.length);
}, form.dataset.byTeam);

/** Let the link lead to the part of an owner's page that has the panels about what they own. */
async function lead(link, ref) {
  const { segment } = await import("./names.js"), [, kind, namespace, name] = /^([^:]+):([^/]+)\/(.+)$/u.exec(ref);
  link.href = to(`catalog/${[namespace, kind, name].map(segment).join("/")}/#operations`);
}
