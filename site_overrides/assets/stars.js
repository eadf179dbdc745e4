// stars.js: buttons that star an entity, in this browser: in rows of lists, and in the head of an entity's page (data-star).
import { el, icon, memory } from "./elements.js";
import { starredRefs, toggleStar } from "./mine.js";
import { words } from "./page-words.js";

let stars = null;      // a set, as a table asks for thousands
addEventListener("storage", () => { stars = null; });
const isStarred = (ref) => (stars ??= new Set(starredRefs())).has(ref);

/** A button, and `show(ref, title)`, which makes it that of an entity. */
export function starButton(button = el("button", { type: "button", class: "cb-star" }, icon("star"))) {
  const draw = () => {
    const on = isStarred(button.dataset.star);
    if (button.getAttribute("aria-pressed") === String(on)) return;
    button.setAttribute("aria-pressed", String(on));
    button.firstElementChild.className = `cb-icon i-${on ? "starred" : "star"}`;
  };
  return {
    button,
    show(ref, title) {
      if (button.dataset.star === ref) { draw(); return; }
      button.dataset.star = ref;
      button.setAttribute("aria-label", words.star(title));
      button.title = words.starTitle;
      draw();
    },
  };
}

document.addEventListener("click", (e) => {
  const button = e.target.closest?.("[data-star]");
  if (!button) return;
  e.preventDefault();      // taken: see page.js
  toggleStar(button.dataset.star);
  stars = null;
  starButton(button).show(button.dataset.star, "");
  dispatchEvent(new CustomEvent("cb-star"));
});

for (const button of document.querySelectorAll("button[data-star]")) if (memory.keeps()) {
  const { star, title } = button.dataset;
  button.dataset.star = "";
  starButton(button).show(star, title);
  button.removeAttribute("data-hidden");
}
