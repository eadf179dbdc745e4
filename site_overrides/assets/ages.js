// ages.js: the age of the data on a page. `[data-age]` is filled from /status/collections.json, so that pages do not change with the clock.
// data-age="source-name" is that source's collection; an empty data-age is the build.
import { words } from "./page-words.js";

const OLD = 36 * 3600;      // a nightly build that was missed once
// An element that is no `<time>` gets one, for a `<time>` without a time is not valid.
const places = document.querySelectorAll("[data-age]");
if (places.length) fill().catch(() => {});
// `<time data-since>` holds its own time: the text becomes its age. Times in the future keep their text.
for (const place of document.querySelectorAll("time[data-since]")) {
  const seconds = (Date.now() - Date.parse(place.dateTime)) / 1000;
  if (seconds > 0) queueMicrotask(() => { place.textContent = age(seconds); });
}

async function fill() {
  const answer = await fetch(new URL("../status/collections.json", import.meta.url)), { as_of: built, sources = [] } = await answer.json();
  const times = new Map(sources.map((source) => [source.name, source.collected_at]));
  for (const target of places) {
    const at = new Date(target.dataset.age ? times.get(target.dataset.age) : built), seconds = (Date.now() - at) / 1000;
    if (Number.isNaN(seconds)) continue;
    const place = target.localName === "time" ? target : target.appendChild(document.createElement("time"));
    place.dateTime = at.toISOString();
    place.textContent = age(seconds);
    place.title = at.toLocaleString(document.documentElement.lang || undefined, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: document.querySelector("[data-zone]")?.dataset.zone, timeZoneName: "short" });
    place.toggleAttribute("data-stale", seconds > OLD);
  }
}

const age = (seconds) => {
  if (seconds < 60) return words.now;
  if (seconds < 3600) return words.minutes(Math.round(seconds / 60));
  return seconds < 36 * 3600 ? words.hours(Math.round(seconds / 3600)) : words.days(Math.round(seconds / 86400));
};
