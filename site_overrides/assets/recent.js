// recent.js: stores in this browser which entities were visited, for home's "Recently visited".
import { memory } from "./elements.js";

const KEPT = 12;

/** References, the last visited first. */
export const remembered = () => { const found = memory.get("recent"); return Array.isArray(found) ? found.filter((ref) => typeof ref === "string") : []; };

const here = document.querySelector("[data-entity-ref]")?.dataset.entityRef;
if (here) memory.set("recent", [here, ...remembered().filter((ref) => ref !== here)].slice(0, KEPT));
