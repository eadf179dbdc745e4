// mine.js: what this browser's reader has chosen, in its local storage: a team, themselves, and starred entities. References, which may be gone.
import { memory } from "./elements.js";

const text = (value) => (typeof value === "string" ? value : "");
/** The reference of the chosen team or person; empty for none. */
export const myTeam = () => text(memory.get("team")?.ref);
export const myPerson = () => text(memory.get("person")?.ref);
export const chooseTeam = (ref) => choose("team", ref);
export const choosePerson = (ref) => choose("person", ref);
function choose(name, ref) {
  memory.set(name, ref ? { ref } : null);
  dispatchEvent(new CustomEvent("cb-mine"));
}

/** References of starred entities, the last starred first. */
export const starredRefs = () => { const found = memory.get("stars"); return Array.isArray(found) ? found.filter((ref) => typeof ref === "string") : []; };
/** Stars an entity, or takes the star away; True if it is starred now. */
export function toggleStar(ref) {
  const before = starredRefs(), has = before.includes(ref);
  memory.set("stars", has ? before.filter((each) => each !== ref) : [ref, ...before].slice(0, 500));
  return !has;
}
