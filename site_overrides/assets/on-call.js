// on-call.js: who is on call now. The page holds the shifts of the next 48 hours with their times; only the browser knows what time it is.
// Shifts that are over are hidden, those that run now come first and are marked. Without this script the list says all of it with times.
const places = document.querySelectorAll("[data-on-call]");
if (places.length) {
  const refresh = () => places.forEach(mark);
  refresh();
  setInterval(refresh, 60_000);
}

function mark(list) {
  const now = Date.now(), shifts = [...list.children];
  for (const shift of shifts) {
    const start = shift.dataset.start ? Date.parse(shift.dataset.start) : -Infinity, end = shift.dataset.end ? Date.parse(shift.dataset.end) : Infinity;
    shift.toggleAttribute("data-now", start <= now && now < end);
    shift.hidden = end <= now;
  }
  const running = shifts.filter((shift) => shift.hasAttribute("data-now"));
  if (running.length) list.prepend(...running);
}
