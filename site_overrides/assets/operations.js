// operations.js: filters a list of operations by words of verb, address and summary. Without it the whole list is shown.
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
