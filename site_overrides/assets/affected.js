// affected.js: which entities are affected if one fails: those that depend on it, directly or through others.
import { loadRelations } from "./names.js";

const STEPS = 5;      // as on the pages of entities: MAX_STEPS in catalog/impact.py

/** Rows of the names index by number of dependencies from the row `start`, without it. */
export function reached(relations, start, steps = STEPS) {
  const found = new Set([start]);
  let frontier = [start];
  for (let step = 0; step < steps && frontier.length; step += 1) {
    const next = [];
    for (const here of frontier) {
      let row = 0;
      for (const difference of relations.dependents[here]) {
        row += difference;
        if (!found.has(row)) { found.add(row); next.push(row); }
      }
    }
    frontier = next;
  }
  found.delete(start);
  return found;
}

/** Rows that are affected by the entity `ref`. Raises if the relations cannot be loaded, belong to another build, or do not have the entity. */
export async function affectedBy(names, ref) {
  const relations = await loadRelations(), start = names.byRef(ref);
  if (relations.digest !== names.raw.digest || !start) throw new Error("relations.json");
  return reached(relations, start.i);
}
