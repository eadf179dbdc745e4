// search.js: opens the search ('/', Ctrl-K, the header's button) and gives home's field its list. The dialog is loaded at its first use.
const load = () => import("./search-dialog.js");
const openDialog = async (text = "") => (await load()).open(text);
const typing = (e) => e.target.closest?.("input, textarea, select, [contenteditable]");

document.addEventListener("click", (e) => { if (e.target.closest("[data-search-open]")) openDialog(); });
document.addEventListener("pointerover", (e) => { if (e.target.closest?.("[data-search-open]")) load(); });      // loaded on hover, before the click
document.addEventListener("keydown", (e) => {
  const slash = e.key === "/" && !typing(e) && !e.ctrlKey && !e.metaKey && !e.altKey, k = e.key.toLowerCase() === "k" && (e.ctrlKey || e.metaKey) && !e.shiftKey;
  if (!slash && !k) return;
  e.preventDefault();
  const big = document.querySelector("[data-search-form] input");
  if (big && slash) { big.focus(); big.select(); } else openDialog();
});

const form = document.querySelector("[data-search-form]");
if (form) form.addEventListener("focusin", async () => (await import("./search-home.js")).attach(form), { once: true });
