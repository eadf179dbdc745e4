// list-filter.js: the form above a list: selects, an optional choice of days, "My team" and "Clear filters". The filters are in the address;
// with a name they are remembered in this browser, too. `draw` shows what passes them.
import { memory } from "./elements.js";

const MOST = "30";      // days that are shown unless others are chosen

/** Whether the row belongs to the team whose number is chosen; all rows do if none is. */
export const ofTeam = (row, number) => !number || (row.dataset.t ?? "").split(" ").includes(number);

/** The query of the address for these filters; empty for none. */
export function queryOf(state) {
  const chosen = Object.entries(state).filter(([name, value]) => value && !(name === "days" && value === MOST));
  return chosen.length ? `?${new URLSearchParams(chosen).toString().replaceAll("%3A", ":").replaceAll("%2F", "/")}` : "";
}

/** Attach the form. `draw` gets the chosen values by name, and the number of the chosen team as `number`. */
export function attach(form, draw, remember = "") {
  const selects = [...form.querySelectorAll("select")], periods = [...form.querySelectorAll("[data-days]")];
  const mine = form.querySelector("[data-mine]"), clear = form.querySelector("[data-clear]");
  const team = memory.get("team")?.ref, teams = selects.find((select) => select.name === "team");
  const values = () => ({
    ...(periods.length ? { days: periods.find((each) => each.getAttribute("aria-pressed") === "true")?.dataset.days ?? MOST } : {}),
    ...Object.fromEntries(selects.map((select) => [select.name, select.value])),
  });
  const press = (days) => periods.forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.days === days)));
  const show = () => {
    const state = values();
    mine.setAttribute("aria-pressed", String(Boolean(team) && teams?.value === team));
    clear.hidden = !queryOf(state);
    draw(state, teams?.selectedOptions[0]?.dataset.n ?? "");
  };
  const set = (state) => {
    press(state.days || MOST);
    for (const select of selects) select.value = [...select.options].some((option) => option.value === state[select.name]) ? state[select.name] : "";
    show();
  };
  const changed = () => {
    history.replaceState(null, "", location.pathname + queryOf(values()) + location.hash);
    if (remember) memory.set(remember, values());
    show();
  };
  form.addEventListener("change", changed);
  form.addEventListener("submit", (e) => e.preventDefault());
  for (const each of periods) each.addEventListener("click", () => { press(each.dataset.days); changed(); });
  clear.addEventListener("click", () => { set({}); changed(); });
  if (team && teams && [...teams.options].some((option) => option.value === team)) {
    mine.hidden = false;
    mine.addEventListener("click", () => { teams.value = teams.value === team ? "" : team; changed(); });
  }
  const query = new URLSearchParams(location.search), asked = Object.fromEntries(Object.keys(values()).filter((name) => query.has(name)).map((name) => [name, query.get(name)]));
  set(Object.keys(asked).length || !remember ? asked : memory.get(remember) ?? {});
}

/** Show how many of how many pass, and the sentence for none. */
export function count(form, shown, all) {
  form.querySelector("[role=status]").textContent = form.dataset.shown.replace("{:,}", shown.toLocaleString("en")).replace("{:,}", all.toLocaleString("en"));
  document.querySelector("[data-nothing]").hidden = shown > 0 || !all;
}
