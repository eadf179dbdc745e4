// on-call.js: who is on call now. The page holds the shifts of the next 48 hours with their times; the script compares them with the current time.
// In lists (data-on-call) shifts that are over are hidden, those that run now come first and are marked. In the head of a page
// (data-on-call-now) only the current person is shown, else the next one. Without this script the page shows all shifts with their times.
const lists = document.querySelectorAll("[data-on-call]"), heads = document.querySelectorAll("[data-on-call-now]");
const zone = document.querySelector("[data-zone]")?.dataset.zone || "UTC";
let format = null;      // one for all times: to make it takes longer than to use it
if (lists.length || heads.length) {
  format = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone, timeZoneName: "short" });
  const refresh = () => { lists.forEach(mark); heads.forEach(name); };
  refresh();
  setInterval(refresh, 60_000);
  for (const list of [...lists, ...heads]) list.querySelectorAll("time").forEach(inZone);
}

function mark(list) {
  const shifts = [...list.children], now = Date.now();
  for (const shift of shifts) shift.hidden = ends(shift) <= now;
  const running = shifts.filter((shift) => runs(shift, now));
  if (running.length) list.prepend(...running);
}

function name(head) {
  const shifts = [...head.querySelectorAll("[data-start]")], now = Date.now();
  const running = shifts.filter((shift) => runs(shift, now));
  const shown = running.length ? running : shifts.filter((shift) => ends(shift) > now).slice(0, 1);
  for (const shift of shifts) shift.hidden = !shown.includes(shift);
  head.querySelector("[data-nobody]").hidden = shown.length > 0;
  head.setAttribute("data-ready", "");
}

function runs(shift, now) {
  const is = (shift.dataset.start ? Date.parse(shift.dataset.start) : -Infinity) <= now && now < ends(shift);
  shift.toggleAttribute("data-now", is);
  return is;
}

function ends(shift) {
  return shift.dataset.end ? Date.parse(shift.dataset.end) : Infinity;
}

// Within two days, the day of the week is shorter. All times of a page are in the portal's time zone, which is named.
function inZone(time) {
  time.title = `${time.textContent} (${zone})`;
  time.textContent = format.format(new Date(time.dateTime));
}
