// operations.js: filters a list of operations by words of verb, address and summary, and takes an address of a part of a reference that
// was cut to the page that has it now. Without it the whole list is shown, and each operation of the list leads on.
const wanted = location.hash.slice(1).toLowerCase(), parts = document.querySelector("[data-reference-parts]");
if (wanted && parts) land();

async function land() {
  const row = [...parts.querySelectorAll(".cb-op[id]")].find((each) => each.id.toLowerCase() === wanted);
  if (row) { location.replace(row.querySelector("a").href); return; }
  if (document.getElementById(location.hash.slice(1))) return;
  const pages = await fetch("anchors.json").then((answer) => (answer.ok ? answer.json() : {})).catch(() => ({}));
  for (const [page, anchors] of Object.entries(pages)) {
    const anchor = anchors.find((each) => each.toLowerCase() === wanted);
    if (anchor) { location.replace(`${page}/#${anchor}`); return; }
  }
}

for (const list of document.querySelectorAll("[data-operations]")) {
  const input = list.querySelector("[data-filter-operations]"), rows = [...list.querySelectorAll(".cb-op")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  input?.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach((row, i) => { row.hidden = !words.every((word) => texts[i].includes(word)); });
    for (const group of list.querySelectorAll("ul")) {
      group.hidden = !group.querySelector(".cb-op:not([hidden])");
      if (group.previousElementSibling?.matches("h3")) group.previousElementSibling.hidden = group.hidden;
    }
  });
}
