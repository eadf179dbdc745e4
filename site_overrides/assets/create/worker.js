// worker.js: renders names and the descriptor of a template with Backstage's engine, away from the page: a text without end is stopped by it.
import { FileEngine, ValueEngine, isTrue } from "../templates/engine.js";

const MOST = 400;

/** The paths and the first descriptor that one step makes. */
function stepOf(step, values, hosts) {
  if (step.if !== null && step.if !== undefined && step.if !== true && !isTrue(values.render({ v: step.if }).v)) return { paths: [], descriptor: null };
  const target = String(values.render({ v: step.target ?? "" }).v ?? "").replace(/^\.?\/+|\/+$/g, "");
  const files = new FileEngine(hosts, values.render({ v: step.values ?? {} }).v ?? {}, step.options);
  const extension = step.extension === true ? ".njk" : step.extension ? `.${String(step.extension).replace(/^\./, "")}` : "";
  const isRendered = (path) => step.rendered && (!extension || path.endsWith(extension));
  const named = (path) => {
    if (!step.rendered) return path;
    const name = files.render(isRendered(path) && extension ? path.slice(0, -extension.length) : path);
    return !name || name.startsWith("/") || name.includes("//") ? "" : name;
  };
  const below = (name) => (target && target !== "." ? `${target}/${name}` : name);
  const paths = step.paths.map(named).filter(Boolean).map(below), found = step.descriptor;
  const path = found && named(found.path);
  return { paths, descriptor: path ? { path: below(path), text: isRendered(found.path) ? files.render(found.text) : found.text } : null };
}

self.addEventListener("message", ({ data }) => {
  try {
    const values = new ValueEngine(data.hosts);
    values.use({ parameters: data.parameters, steps: {}, user: {}, secrets: {}, environment: { parameters: {}, secrets: {} } });
    const made = data.preview.map((step) => stepOf(step, values, data.hosts));
    const paths = [...new Set(made.flatMap((each) => each.paths))].sort();
    self.postMessage({ id: data.id, paths: paths.slice(0, MOST), count: paths.length, descriptor: made.find((each) => each.descriptor)?.descriptor ?? null });
  } catch (error) {
    self.postMessage({ id: data.id, error: String(error.message) });
  }
});
