async (texts) => {
  const { byIndex, byName, engine, take } = await import(new URL("../assets/engine.js", location.href));
  const { fieldsIn } = await import(new URL("../assets/filters.js", location.href));
  const found = [], base = new URL("..", location.href).href;
  for (const text of texts) {
    const named = byName(await engine(fieldsIn(text)), text, new URLSearchParams()), result = await byIndex(named, true), hits = [];
    for (const group of result.order) hits.push(...await take(result, group, 10));
    found.push(hits.map((hit) => decodeURI(hit.path ?? result.ready.names.pathOf(hit.entry))).map((path) => decodeURI(new URL(path, base).href.slice(base.length))));
  }
  return found;
}
