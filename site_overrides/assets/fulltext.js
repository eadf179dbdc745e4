// fulltext.js: Pagefind, loaded at the first query. Its excerpts are markup: only their text and their marks are used.
import { BASE } from "./elements.js";

let engine = null;
const start = () => (engine ??= (async () => {
  const bundle = new URL("../pagefind/", import.meta.url);
  const pagefind = await import(new URL("pagefind.js", bundle));
  await pagefind.options({
    bundlePath: bundle.pathname, baseUrl: BASE, excerptLength: 24,
    ranking: { metaWeights: { title: 5, alias: 5, owner: 0.1, description: 0.5, kind: 0, ref: 0 } },
  });
  await pagefind.init();
  return pagefind;
})().catch((error) => { engine = null; throw error; }));

/** Rows in the names index of the pages of the full-text index, by Pagefind's ids; negative for pages that are about no entity. */
let known = null;
const rowsOfPages = () => (known ??= fetch(new URL("../pagefind/rows.json", import.meta.url), { cache: "no-cache" }).then((answer) => answer.json())
  .then(({ ids, rows }) => new Map(ids.split(" ").map((id, at) => [id, rows[at]]))).catch((error) => { known = null; throw error; }));

/** Loads the engine before the first query; without full-text search, errors are ignored here. */
export const warm = () => start().catch(() => {});

/** `{rows, take(places)}`: a row for each result, and the results at these places, for a query of at least two letters; `_` is a letter to Pagefind, but a separator to people. */
export async function ask(text) {
  const [pagefind, known] = await Promise.all([start(), rowsOfPages()]), query = text.replaceAll("_", "-").trim();
  const found = query.length < 2 ? { results: [] } : await pagefind.search(query);
  return {
    rows: found.results.map((result) => known.get(result.id) ?? -1),
    take: async (places) => Promise.all(places.map(async (at) => hit(await found.results[at].data()))),
  };
}

const hit = (data) => {
  const path = data.url.startsWith(BASE) ? data.url.slice(BASE.length) : data.url;
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
