// index.js: filters the templates of /create/ by type, owner and tag; the filters are in the address.
const form = document.querySelector("[data-filter-templates]"), selects = [...form.querySelectorAll("select")], cards = [...document.querySelectorAll(".cb-template")];

function draw() {
  const chosen = Object.fromEntries(selects.map((select) => [select.name, select.value]));
  const fits = (card) => (!chosen.type || card.dataset.type === chosen.type) && (!chosen.owner || card.dataset.owner === chosen.owner) && (!chosen.tag || card.dataset.tags.split(" ").includes(chosen.tag));
  for (const card of cards) card.hidden = !fits(card);
  for (const group of document.querySelectorAll("[data-group]")) group.hidden = !group.querySelector(".cb-template:not([hidden])");
  const shown = cards.filter((card) => !card.hidden).length;
  form.querySelector("[role=status]").textContent = form.dataset.shown.replace("{:,}", shown).replace("{:,}", cards.length);
  document.querySelector("[data-nothing]").hidden = shown > 0;
}

form.addEventListener("change", () => {
  const query = new URLSearchParams(selects.filter((select) => select.value).map((select) => [select.name, select.value])).toString();
  history.replaceState(null, "", location.pathname + (query ? `?${query}` : ""));
  draw();
});
form.addEventListener("submit", (e) => e.preventDefault());
const asked = new URLSearchParams(location.search);
for (const select of selects) if ([...select.options].some((option) => option.value === asked.get(select.name))) select.value = asked.get(select.name);
draw();
document.documentElement.classList.add("cb-ready");
