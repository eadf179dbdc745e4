// vulnerabilities.js: filters the list by severity, team and fix. With a filter, the rows of the other pages are loaded and join the list, so
// that nothing is missed. Without this script the pages are plain lists.
import { attach, count, ofTeam } from "./list-filter.js";

const form = document.querySelector("[data-cves]"), list = document.querySelector(".cb-cves"), pager = document.querySelector("[data-pages]");
let loading = null;

/** The rows of the other pages, in the order of the pages. */
async function loadAll() {
  const first = new URL(pager.dataset.first, location.href);
  const addresses = Array.from({ length: Number(pager.dataset.pages) }, (_, i) => new URL(i ? `${i + 1}/index.html` : "index.html", first));
  const pages = await Promise.all(addresses.map(async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return [address, new DOMParser().parseFromString(await answer.text(), "text/html")];
  }));
  const rows = pages.flatMap(([address, page]) => {
    for (const link of page.querySelectorAll(".cb-cves a[href]")) link.setAttribute("href", new URL(link.getAttribute("href"), address).href);
    return [...page.querySelectorAll(".cb-cves > li")];
  });
  list.replaceChildren(...rows);
  pager.hidden = true;
}

function draw(state, team) {
  if (pager && !loading && (state.severity || state.fix || team)) {
    loading = loadAll().then(() => draw(state, team), () => { form.querySelector("[role=status]").after(Object.assign(document.createElement("span"), { className: "cb-state cb-state--warn", textContent: form.dataset.failed })); });
  }
  const found = new Set(), all = new Set();
  for (const group of list.children) {
    const name = group.querySelector("h3").textContent;
    let here = 0;
    for (const row of group.querySelectorAll(".cb-cve__entities > li")) {
      row.hidden = !ofTeam(row, team) || Boolean(state.fix && row.dataset.f !== state.fix);
      here += row.hidden ? 0 : 1;
    }
    group.hidden = !here || Boolean(state.severity && group.dataset.s !== state.severity);
    all.add(name);
    if (!group.hidden) found.add(name);
  }
  count(form, found.size, all.size);
}

attach(form, draw);
