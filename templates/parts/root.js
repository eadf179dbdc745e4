(() => {
  const guess = "{{ up }}", found = (root) => {
    for (const each of document.querySelectorAll("[href], [src], [action]")) for (const name of ["href", "src", "action"]) {
      const at = each.getAttribute(name);
      if (!at || !at.startsWith(guess) || at.startsWith("//")) continue;
      const right = root + at.slice(guess.length);
      if (each.localName !== "script") { each.setAttribute(name, right); continue; }
      const again = document.createElement("script");
      for (const attribute of each.attributes) again.setAttribute(attribute.name, attribute.value);
      again.src = right;
      again.async = false;
      each.replaceWith(again);
    }
  };
  const look = async () => {
    const steps = location.pathname.split("/");
    for (let n = 1; n < Math.min(steps.length, 12); n += 1) {
      const root = steps.slice(0, n).join("/") + "/";
      const build = root === guess ? null : await fetch(root + "build.json").then((answer) => answer.json()).catch(() => null);
      if (build && build.data) { found(root); return; }
    }
  };
  const styled = () => getComputedStyle(document.documentElement).getPropertyValue("--cb-canvas").trim() !== "";
  addEventListener("DOMContentLoaded", () => { if (!styled()) look(); });
})();
