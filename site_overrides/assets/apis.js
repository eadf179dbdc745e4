// apis.js: filters the tables of APIs by type, tag, provider, deprecated operations and quality. Without it all APIs are listed.
const form = document.querySelector("[data-filter-apis]"), rows = [...document.querySelectorAll("[data-api]")];
const marks = rows.map((row) => row.dataset.api.split(" ")), lists = [...form.querySelectorAll("select")], shown = form.querySelector("output");
const apply = () => {
  const wanted = lists.map((list) => list.value).filter(Boolean);
  let count = 0;
  rows.forEach((row, i) => {
    row.hidden = !wanted.every((mark) => marks[i].includes(mark));
    count += !row.hidden;
  });
  for (const section of document.querySelectorAll("section:has([data-api])")) section.hidden = !section.querySelector("[data-api]:not([hidden])");
  shown.textContent = wanted.length ? `${shown.dataset.shown} ${count}` : "";
};
const address = new URLSearchParams(location.search);
for (const list of lists) list.value = [...list.options].find((option) => option.text === address.get(list.name))?.value ?? "";
form.addEventListener("input", () => {
  const chosen = lists.filter((list) => list.value).map((list) => [list.name, list.selectedOptions[0].text]);
  history.replaceState(null, "", chosen.length ? `?${new URLSearchParams(chosen)}` : location.pathname);
  apply();
});
apply();
