async (texts) => {
  const { byName, byText, engine } = await import(new URL("../assets/engine.js", location.href));
  const { fieldsIn } = await import(new URL("../assets/filters.js", location.href));
  const found = [], base = new URL("..", location.href).href;
  for (const text of texts) {
    const ready = await engine(fieldsIn(text)), named = byName(ready, text, new URLSearchParams()), result = await byText(ready, 10, named);
    found.push([...named.entries.slice(0, 10).map((e) => ready.names.pathOf(e)), ...result.hits.map((hit) => hit.path)].map((path) => new URL(path, base).href.slice(base.length)));
  }
  return found;
}
