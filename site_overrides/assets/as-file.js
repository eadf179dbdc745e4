// as-file.js: for pages that are opened as files, without a server: browsers then load no modules, and show no index of a folder.
// A portal in another language lays its own copy of this file over it.
{
  const text = "This page was opened as a file. Search, filters and ages of data need a web server.";
  const start = () => {
    for (const link of document.querySelectorAll("a[href]")) if (link.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
    const note = Object.assign(document.createElement("p"), { className: "cb-note cb-asfile", textContent: text });
    document.querySelector("article").prepend(note);
  };
  document.documentElement.classList.add("cb-file");
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
}
