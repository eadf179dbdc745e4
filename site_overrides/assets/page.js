// page.js: palette, contents and header. Not a module: it runs above the content, so that no page changes its palette.
{
  const root = new URL("../", document.currentScript.src).pathname, html = document.documentElement, body = document.body;
  const button = document.querySelector("[data-palettes]"), palettes = JSON.parse(button.dataset.palettes);
  const key = `${root}.__palette`, NAMES = ["scheme", "primary", "accent"];
  const system = matchMedia("(prefers-color-scheme: dark)");
  html.classList.replace("no-js", "js");

  const stored = () => { try { return JSON.parse(localStorage.getItem(key)).color.scheme; } catch { return ""; } };
  const chosen = () => { const found = palettes.findIndex(([scheme]) => scheme === stored()); return found < 0 ? +system.matches : found; };
  const show = () => {
    const palette = palettes[chosen()];
    NAMES.forEach((name, i) => body.setAttribute(`data-md-color-${name}`, palette[i]));
    button.firstElementChild.className = `cb-icon i-${chosen() ? "light" : "dark"}`;
    button.title = palette[3];
    button.ariaLabel = palette[3];
  };
  button.addEventListener("click", () => {
    const index = 1 - chosen(), media = `(prefers-color-scheme: ${index ? "dark" : "light"})`;
    const color = Object.fromEntries([["media", media], ...NAMES.map((name, i) => [name, palettes[index][i]])]);
    try { localStorage.setItem(key, JSON.stringify({ index, color })); } catch { /* private window */ }
    show();
  });
  addEventListener("storage", (e) => { if (e.key === key) show(); });
  system.addEventListener("change", show);
  show();
  button.hidden = false;

  if (location.protocol === "file:") html.appendChild(Object.assign(document.createElement("script"), { src: new URL("as-file.js", document.currentScript.src) }));

  // At DOMContentLoaded all modules have run: a press or key that none took is given again, with letters after it.
  let early, typed = "";
  onclick = onkeydown = (e) => {
    if (early?.key && e.key?.length === 1 && !e.ctrlKey) typed += e.key;
    else if (!e.defaultPrevented && (e.key ? /^[/k]$/i.test(e.key) && !e.target.closest("input") : e.target.closest(".cb-page button, .cb-search"))) early = e;
  };
  addEventListener("DOMContentLoaded", () => {
    onclick = onkeydown = null;
    html.classList.add("cb-ready");
    early?.target.dispatchEvent(new early.constructor(early.type, early));
    if (typed) Object.assign(document.activeElement, { value: typed }).dispatchEvent(new Event("input", { bubbles: true }));
  });

  // On pages of guides, the theme's script does this.
  const start = () => {
    const heading = document.querySelector("h1"), title = document.querySelector(".md-header__title"), header = title.closest("header");
    const links = [...document.querySelectorAll(".md-nav--secondary a[href^='#']")]
      .map((link) => [link, document.getElementById(decodeURIComponent(link.hash.slice(1)))]).filter(([, target]) => target);
    let waiting = 0;
    const update = () => {
      waiting = 0;
      const edge = header.offsetHeight, passed = links.filter(([, target]) => target.getBoundingClientRect().top <= edge + 40).length;
      const current = innerHeight + scrollY >= html.scrollHeight - 2 && scrollY ? links.length : passed;
      links.forEach(([link], i) => link.classList.toggle("md-nav__link--active", i === current - 1));
      title.classList.toggle("md-header__title--active", heading?.getBoundingClientRect().bottom < edge);
    };
    addEventListener("scroll", () => { waiting ||= requestAnimationFrame(update); });
    document.querySelector(".md-nav--primary")?.addEventListener("click", (e) => { if (e.target.closest("a")) document.getElementById("__drawer").checked = false; });
    let closed;
    addEventListener("beforeprint", () => { closed = [...document.querySelectorAll("article details:not([open])")]; closed.forEach((each) => { each.open = true; }); });
    addEventListener("afterprint", () => closed.forEach((each) => { each.open = false; }));
    update();
  };
  if ("own" in body.dataset) addEventListener("DOMContentLoaded", start);
}
