// search-places.js: facets of what a hit is a part of: the documentation or the API reference of an entity.
import { isDocument, isReference } from "./search-index.js";
import { words } from "./words.js";

export const PLACES = ["set", "api"];

/** A column for each of them; choices are rows of the names. Its values by hit are those of `placeOf`. */
export const placeColumns = (names) => Object.fromEntries(PLACES.map((key) => {
  const size = names.entries.length, values = new Proxy({}, { get: (_, i) => names.refOf(names.entries[i]) });
  return [key, { key, title: words.facet[key], size, values, of: [], base: new Uint32Array(size), label: (i) => names.entries[i].title, find: (ref) => names.byRef(ref.toLowerCase())?.i ?? -1 }];
}));

/** The choices of a hit: the row of its entity, if it is a section of its documentation or of its reference. */
export const placeOf = (key, hit) => (hit.key !== undefined && (key === "set" ? isDocument : isReference)(hit) ? hit.row : []);
