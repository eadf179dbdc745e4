// words.js: the texts of the scripts. A portal in another language lays its own copy of this file over it.
export const words = {
  search: "Search", close: "Close", copy: "Copy", all: "All", docs: "Guides", names: "Name matches", inText: "Full-text matches", results: "Results", kinds: "Kind", narrow: "Filters",
  choose: "select", open: "open", toClose: "close", everything: "All results",
  hint: "Try a name: order-svc, orderService, and “order service” give the same results.",
  nothing: (q) => `No results for “${q}”`, looking: "Searching …",
  broken: "Search is unavailable. Reload to retry.", noText: "Full-text search unavailable",
  count: (n) => (n === 1 ? "1 result" : `${n} results`), more: (n) => `${n} more`, fewer: "Show less",
  entities: (n) => (n === 1 ? " entity" : " entities"),
  facet: { kind: "Kind", type: "Type", owner: "Owner", lifecycle: "Lifecycle", system: "System", tag: "Tag", problems: "Problems", namespace: "Namespace" },
  none: { type: "No type", owner: "No valid owner", lifecycle: "No lifecycle", system: "No system", tag: "No tags" },
  severity: { error: "Errors", warning: "Warnings", info: "Info", none: "No problems" },
  removeFilter: ", remove this filter", findChoice: (facet) => `Find in ${facet}`, noOwner: "No owner", notInCatalog: "Not found in catalog:", wrongOwner: "Invalid owner:",
  problems: (n) => (n === 1 ? "1 problem" : `${n} problems`), empty: "none",
  pickTeam: "Select team", myTeam: "My team: ", nothingOwned: "This team owns no entities.", toMend: "To fix",
  gone: "The selected team no longer exists.",
  minutes: (n) => `${n} min ago`, hours: (n) => `${n} h ago`, days: (n) => (n === 1 ? "yesterday" : `${n} days ago`), now: "just now",
  searchFor: (q) => `Search for “${q}”`, moved: "Did you mean",
};
