async (texts) => {
  const pagefind = await import(new URL("pagefind/pagefind.js", location.href)), found = [];
  await pagefind.options({ baseUrl: "/" });
  await pagefind.init();
  const weight = (part) => part.weighted_locations.reduce((sum, { balanced_score: score }) => sum + score, 0);
  for (const text of texts) {
    const { results } = await pagefind.search(text);
    const pages = await Promise.all(results.slice(0, 10).map((each) => each.data()));
    found.push(pages.map(({ url, sub_results: parts }) => decodeURI((parts.toSorted((a, b) => weight(b) - weight(a))[0]?.url ?? url).slice(1))));
  }
  return found;
}
