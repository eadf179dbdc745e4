// announcements.js: home's announcements. The browser shows those whose days have come, that are for everyone or its team, and that were not dismissed.
import { memory } from "./elements.js";
import { myTeam } from "./mine.js";

const MOST = 200, region = document.querySelector("[data-announcements]"), notes = [...region.querySelectorAll("[data-from]")];
const two = (number) => String(number).padStart(2, "0");
const today = () => { const now = new Date(); return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`; };
const dismissed = () => { const found = memory.get("announcements"); return Array.isArray(found) ? found.filter((id) => typeof id === "string") : []; };

function show() {
  const day = today(), gone = dismissed(), team = myTeam();
  for (const note of notes) {
    const { id, from, until, teams } = note.dataset;
    note.hidden = day < from || day > until || gone.includes(id) || (teams !== undefined && !teams.split(" ").includes(team));
  }
  region.hidden = notes.every((note) => note.hidden);
}

for (const note of notes) {
  note.querySelector("button").addEventListener("click", () => {
    memory.set("announcements", [note.dataset.id, ...dismissed()].slice(0, MOST));
    show();
    // The focus stays near: the next announcement, else the page's search.
    (region.querySelector("[data-from]:not([hidden]) button") ?? document.querySelector(".cb-bigsearch input"))?.focus();
  });
}
addEventListener("cb-mine", show);      // another team was chosen
addEventListener("storage", show);
document.addEventListener("visibilitychange", show);      // a page that stays open until another day
show();
