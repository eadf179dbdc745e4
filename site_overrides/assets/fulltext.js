// fulltext.js: Pagefind, loaded at the first query. Its excerpts are markup: only their text and their marks are used.
import { to } from "./elements.js";

let engine = null;
const start = () => (engine ??= (async () => {
  const bundle = new URL("../pagefind/", import.meta.url);
  const pagefind = await import(new URL("pagefind.js", bundle));
  await pagefind.options({
    bundlePath: bundle.pathname, baseUrl: to(""), excerptLength: 24,
    ranking: { metaWeights: { title: 5, alias: 5, owner: 0.1, description: 0.5, kind: 0, ref: 0 } },
  });
  await pagefind.init();
  return pagefind;
})().catch((error) => { engine = null; throw error; }));

/** Loads the engine before the first query; without full-text search, errors are ignored here. */
export const warm = () => start().catch(() => {});

/** `{total, take(from, n)}` for a query of at least two letters; `_` is a letter to Pagefind, but a separator to people. */
export async function ask(text) {
  const pagefind = await start(), query = text.replaceAll("_", "-").trim();
  const found = query.length < 2 ? { results: [] } : await pagefind.search(query);
  return {
    total: found.results.length,
    take: async (from, n) => Promise.all(found.results.slice(from, from + n).map(async (result) => hit(await result.data()))),
  };
}

const hit = (data) => {
  const base = to(""), path = data.url.startsWith(base) ? data.url.slice(base.length) : data.url;
  return { path, title: data.meta.title ?? path, kind: data.meta.kind ?? "docs", ref: data.meta.ref ?? "", pieces: pieces(data.excerpt ?? "") };
};

/** `[[text, isHit], …]` of an excerpt. The parsed document is inert: nothing in it runs or loads. */
function pieces(markup) {
  const found = [], body = new DOMParser().parseFromString(markup, "text/html").body;
  const walk = (node, isHit) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) found.push([child.data, isHit]);
      else if (child.nodeType === Node.ELEMENT_NODE) walk(child, isHit || child.localName === "mark");
    }
  };
  walk(body, false);
  return found;
}
