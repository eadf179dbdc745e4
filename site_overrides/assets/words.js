// words.js: the texts of the scripts, in the language of the portal; page-words.js has those of the scripts of all pages.
// The build fills in the labels that this file names, see templates/strings/.
import { filling } from "./labels.js";

const labels = {};
const KINDS = ["component", "api", "resource", "system", "domain", "group", "user", "location", "template", "airesource"];
const { t, counted } = filling(labels);
const ofKinds = new Map(KINDS.flatMap((kind) => [[labels[`en kind_${kind}`], labels[`kind_${kind}`]], [labels[`en kinds_${kind}`], labels[`kinds_${kind}`]]]));

export const words = {
  search: t("search"), close: t("close"), all: t("all"), docs: t("guides"), groups: { names: t("names"), titles: t("found_titles"), sections: t("found_sections"), similar: t("found_similar"), about: t("found_about"), texts: t("in_the_text"), portal: t("guides") }, results: t("results"), kinds: t("kind"),
  narrow: t("filters"), choose: t("keys_select"), open: t("keys_open"), toClose: t("keys_close"), everything: t("all_results"), keysOn: t("keys_on"), keysOff: t("keys_off"), hint: t("search_hint"),
  nothing: (q) => t("no_results", q), looking: t("searching"), broken: t("search_broken"), noText: t("no_full_text"), noData: t("catalog_data_missing"),
  count: (n) => counted("n_results", n), countTitles: (n) => counted("n_results_in_titles", n), more: (n) => t("n_more", n), fewer: t("show_less"), entities: (n) => ` ${counted("entities_noun", n)}`,
  facet: { set: t("documentation"), api: t("facet_api"), kind: t("kind"), type: t("type"), owner: t("owner"), lifecycle: t("lifecycle"), system: t("system"), tag: t("tag"), problems: t("problems"), namespace: t("namespace"), health: t("health"), level: t("scorecard_level"), team: t("team"), dependents: t("dependents"), starred: t("starred") },
  family: { incident: t("family_incident"), alert: t("family_alert"), availability: t("status_availability"), vulnerability: t("family_vulnerability") },
  health: { trouble: t("health_trouble"), incident: t("open_incidents"), alert: t("firing_alerts"), availability: t("objectives_missed"), vulnerability: t("grave_vulnerabilities"), errors: t("descriptor_errors"), ok: t("health_ok"), incomplete: t("health_incomplete"), unmeasured: t("health_unmeasured") },
  urgent: (family, n) => `${words.health[family]}: ${n}`, partly: (n, of) => t("health_partly", n, of), measured: (list) => t("health_measured", list), notMeasured: (list) => t("status_not_measured", list),
  dependents: { some: t("dependents_some"), none: t("dependents_none") }, dependentsOf: (n) => counted("n_dependents", n), starred: { yes: t("starred"), no: t("not_starred") },
  starredView: t("starred"), name: t("name"), standardColumns: t("standard_columns"), noColumns: t("columns_missing"),
  pickPerson: t("select_person"), notKept: t("not_kept"), owns: (n) => counted("owns_n", n), panelsOfTeam: t("panels_of_team"), withTeamsBelow: (n) => counted("with_sub_teams", n),
  manyRows: (n) => t("many_rows", n), rowsPrinted: (n, of) => t("rows_printed", n, of),
  none: { type: t("without_type"), owner: t("without_owner"), lifecycle: t("without_lifecycle"), system: t("without_system"), tag: t("without_tags") },
  affectedBy: t("affected_by"), notAffected: t("not_affected"),
  severity: { error: t("problems_error"), warning: t("problems_warning"), info: t("problems_info"), none: t("problems_none") },
  removeFilter: `, ${t("remove_this_filter")}`, findChoice: (facet) => t("find_in", facet), noLevel: t("scorecard_no_level"), noOwner: t("owner_missing"), notInCatalog: `${t("owner_not_found")}:`, wrongOwner: `${t("owner_invalid")}:`,
  problems: (n) => counted("n_problems", n), empty: t("none"), pickTeam: t("select_team"), myTeam: `${t("my_team")}: `, nothingOwned: t("nothing_owned"), toMend: t("to_fix"), gone: t("team_gone"),
  searchFor: (q) => t("search_for", q), moved: t("did_you_mean"),
  /** The name of a kind, or its plural, as the data of the catalog has it: translated unless the portal's own schema sets it. */
  kind: (name) => ofKinds.get(name) ?? name,
};
