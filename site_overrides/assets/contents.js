// Puts all headings of a long page into its contents, of which the page has the first only; their list stays where no contents are shown.
const all = document.querySelector(".cb-docs__headings");
const contents = document.querySelector(".md-nav--secondary > ul");
const model = contents?.querySelector("li");
if (model) {
  contents.replaceChildren(...[...all.querySelectorAll("a")].map((link) => {
    const item = model.cloneNode(true);
    const target = item.querySelector("a");
    target.setAttribute("href", link.getAttribute("href"));
    target.textContent = link.textContent;
    item.classList.toggle("cb-docs__inner", link.matches("li li a"));
    return item;
  }));
  all.classList.add("cb-docs__headings--beside");
}
