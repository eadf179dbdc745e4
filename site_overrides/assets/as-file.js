// as-file.js: for pages that are opened as files, without a server: browsers then load no modules, and show no index of a folder.
{
  const labels = {};      // filled in by the build, as in words.js
  const t = (key) => labels[key] ?? key, text = t("opened_as_file");
  const start = () => {
    for (const link of document.querySelectorAll("a[href]")) if (link.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
    for (const kept of document.querySelectorAll("noscript[data-more-rows]")) kept.replaceWith(...new DOMParser().parseFromString(kept.textContent, "text/html").body.children);
    const note = Object.assign(document.createElement("p"), { className: "cb-note cb-asfile", textContent: text });
    document.querySelector("article").prepend(note);
  };
  document.documentElement.classList.add("cb-file");
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
}
