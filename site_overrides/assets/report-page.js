// Adds the heading that is being read, and selected text, to the link that reports an issue about a page of documentation.
const link = document.querySelector("[data-report]");
link?.addEventListener("click", () => {
  const above = [...document.querySelectorAll(".cb-doc__text :is(h1, h2, h3, h4)[id]")].filter((each) => each.getBoundingClientRect().top < innerHeight / 2);
  const heading = above.at(-1);
  const selected = String(getSelection()).trim().slice(0, 300);
  const url = new URL(link.href);
  const name = [...url.searchParams.keys()].find((each) => /body|description/.test(each));
  if (!name) return;
  const place = heading ? `${location.href.split("#")[0]}#${heading.id}` : location.href;
  url.searchParams.set(name, [url.searchParams.get(name).trim(), place, selected && `> ${selected}`].filter(Boolean).join("\n"));
  link.href = url.href;
}, { once: true });
