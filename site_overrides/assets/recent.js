// recent.js: which entities were visited in this browser, for home's "Recently visited"; search.js stores them.
import { memory } from "./elements.js";

/** References, the last visited first. */
export const remembered = () => { const found = memory.get("recent"); return Array.isArray(found) ? found.filter((ref) => typeof ref === "string") : []; };
