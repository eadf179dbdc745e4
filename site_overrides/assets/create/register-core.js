// register-core.js: the values of the form for a descriptor → what is wrong with them, by the rules of `callboard lint` (rules.json), and the text of the file.
const compiled = new Map();
function matches(pattern, text) {
  if (!compiled.has(pattern)) compiled.set(pattern, new RegExp(`^(?:${pattern})$`, "u"));
  return compiled.get(pattern).test(text);
}
const short = (rules, name, text) => text !== "" && [...text].length <= rules.longest && matches(rules.patterns[name], text);
const isSubdomain = (rules, text) => text !== "" && text.length <= rules.longestPrefix && text.split(".").every((part) => short(rules, "label", part));

/** The key of an annotation: a name, or a name after a DNS subdomain and a slash. */
export function isKey(rules, text) {
  const at = text.indexOf("/");
  return at < 0 ? short(rules, "name", text) : isSubdomain(rules, text.slice(0, at)) && short(rules, "name", text.slice(at + 1));
}

function isUrl(text) {
  try { new URL(text); return true; } catch { return false; }
}

const isWeb = (text) => /^https?:\/\//u.test(text) && isUrl(text);
/** Forms of values that are no pattern, by their names in schemas/annotations.json. */
const FORMS = {
  url: isWeb,
  "techdocs-ref": (v) => (v.startsWith("url:") ? isUrl(v.slice(4)) : v.startsWith("dir:") && v.slice(4) !== "" && v.slice(4) === v.slice(4).trim() && !v.includes("://")),
  "source-location": (v) => (v.startsWith("url:") ? isWeb(v.slice(4)) : v.startsWith("file:") && v.length > 5),
  sonar: (v) => !v.includes("://") && !/\s/u.test(v),
  jenkins: (v) => !v.includes("://") && !/^[/ ]|[/ ]$/u.test(v),
};

/** What is wrong with an annotation's value; an empty string for nothing, and for what only `callboard lint` checks. */
function annotationError(rules, key, value) {
  const rule = rules.annotations[key];
  if (!rule || value.length > rules.longestValue || /\{\{|\{%|<[a-z][^<>]*>/u.test(value)) return "";
  if (rule.pattern) return matches(rule.pattern, value) ? "" : rule.expected;
  if (rule.items) return value.split(new RegExp(rule.separator, "u")).every((item) => matches(rule.items, item.trim())) ? "" : rule.expected;
  return FORMS[rule.form]?.(value) ?? true ? "" : rule.expected;
}

/** What is wrong with a reference: the key of a message. */
export function referenceError(rules, text, { kind, allowed }) {
  let rest = text, written = null, space = null;
  const colon = rest.indexOf(":"), slash = rest.indexOf("/");
  if (colon >= 0 && (slash < 0 || colon < slash)) { written = rest.slice(0, colon); rest = rest.slice(colon + 1); }
  if (rest.includes("/")) { space = rest.slice(0, rest.indexOf("/")); rest = rest.slice(rest.indexOf("/") + 1); }
  if (written === "" || space === "" || rest === "") return "reference";
  const named = (written ?? kind).toLowerCase();
  if (!named) return "reference_kind";
  if (!short(rules, "name", rest) || (space !== null && !short(rules, "label", space.toLowerCase()))) return "reference";
  if (!rules.known.includes(named)) return "reference_unknown";
  return allowed.length && !allowed.includes(named) ? "reference_other" : "";
}

/** The problems of the values: `{field, key, value}`; fields are named as in `callboard lint` (`metadata.tags[1]`). */
export function errorsOf(rules, values) {
  const found = [], add = (field, key, value = "") => found.push({ field, key, value });
  if (!values.name) add("metadata.name", "required");
  else if (!short(rules, "name", values.name)) add("metadata.name", "name");
  if (values.namespace && !short(rules, "label", values.namespace)) add("metadata.namespace", "namespace");
  (values.tags ?? []).forEach((tag, i) => { if (!short(rules, "tag", tag)) add(`metadata.tags[${i}]`, "tag", tag); });
  (values.links ?? []).forEach((link, i) => {
    if (!isUrl(link.url)) add(`metadata.links[${i}].url`, "link", link.url);
    else if (!rules.schemes.includes(link.url.slice(0, link.url.indexOf(":")).toLowerCase())) add(`metadata.links[${i}].url`, "scheme", link.url);
  });
  for (const { key, value } of values.annotations ?? []) {
    if (!isKey(rules, key)) add(`metadata.annotations.${key}`, "annotation_key", key);
    else { const expected = annotationError(rules, key, value); if (expected) add(`metadata.annotations.${key}`, "annotation", expected); }
  }
  for (const [name, rule] of Object.entries(rules.kinds[values.kind] ?? {})) {
    const value = values.spec?.[name], items = rule.many ? value ?? [] : value ? [value] : [];
    if (rule.required && !rule.many && !items.length) add(`spec.${name}`, "required");
    if (rule.reference) items.forEach((item, i) => { const key = referenceError(rules, item, rule.reference); if (key) add(rule.many ? `spec.${name}[${i}]` : `spec.${name}`, key, item); });
  }
  return found;
}

const RESERVED = new Set(["true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf", "nan"]);
/** A text as a value on one line of YAML, in quotes where some version of YAML could read it as something else. */
export function scalar(text) {
  if (/^[A-Za-z][A-Za-z0-9_./@-]*(?: [A-Za-z0-9_./@-]+)*$/u.test(text) && !RESERVED.has(text.toLowerCase())) return text;
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/gu, (c) => `\\u${c.codePointAt(0).toString(16).padStart(4, "0")}`);
}

/** The text of the descriptor; empty fields are left out. `evidence`: comments by field. */
export function yamlOf(rules, values, evidence = {}) {
  const said = (field) => (evidence[field] ? `  # guess: from ${evidence[field]}` : "");
  const line = (key, text, field) => `${key}: ${scalar(text)}${said(field)}`;
  const lines = ["apiVersion: backstage.io/v1alpha1", `kind: ${values.kind}`, "metadata:", line("  name", values.name ?? "", "name")];
  for (const key of ["namespace", "title", "description"]) if (values[key]) lines.push(line(`  ${key}`, values[key], key));
  if (values.annotations?.length) lines.push("  annotations:", ...values.annotations.map(({ key, value }) => line(`    ${scalar(key)}`, value, `annotations.${key}`)));
  if (values.tags?.length) lines.push(`  tags:${said("tags")}`, ...values.tags.map((tag) => `    - ${scalar(tag)}`));
  if (values.links?.length) {
    lines.push("  links:");
    for (const link of values.links) lines.push(line("    - url", link.url, "links"), ...(link.title ? [line("      title", link.title)] : []));
  }
  const head = lines.push("spec:");
  for (const [name, rule] of Object.entries(rules.kinds[values.kind] ?? {})) {
    const value = values.spec?.[name];
    if (rule.many && (value?.length || rule.required)) lines.push(...(value?.length ? [`  ${name}:${said(name)}`, ...value.map((item) => `    - ${scalar(item)}`)] : [`  ${name}: []`]));
    else if (!rule.many && value) lines.push(...(name === "definition" ? ["  definition:", line("    $text", value, name)] : [line(`  ${name}`, value, name)]));
  }
  if (lines.length === head) lines[head - 1] = "spec: {}";
  return `${lines.join("\n")}\n`;
}
