// check.js: answers and a JSON Schema (draft 7) → what is wrong with them: [{ path, key, value }]. The command checks the same again.

const has = (value, key) => Object.hasOwn(value, key);
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
export const same = (a, b) => canonical(a) === canonical(b);

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (isRecord(value)) return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  return JSON.stringify(value);
}

const TYPES = {
  string: (v) => typeof v === "string", number: (v) => typeof v === "number", integer: (v) => Number.isInteger(v), boolean: (v) => typeof v === "boolean",
  array: Array.isArray, object: isRecord, null: (v) => v === null,
};

/** The expression of a pattern; null for one that this browser does not know, which the command checks. HTML's own `pattern` ignores many. */
function expression(pattern) {
  try { return new RegExp(pattern, "u"); } catch { try { return new RegExp(pattern); } catch { return null; } }
}

const lengthOf = (text) => [...text].length;
const LIMITS = {
  minLength: (v, n) => typeof v !== "string" || lengthOf(v) >= n, maxLength: (v, n) => typeof v !== "string" || lengthOf(v) <= n,
  minimum: (v, n) => typeof v !== "number" || v >= n, maximum: (v, n) => typeof v !== "number" || v <= n,
  exclusiveMinimum: (v, n) => typeof v !== "number" || typeof n !== "number" || v > n, exclusiveMaximum: (v, n) => typeof v !== "number" || typeof n !== "number" || v < n,
  multipleOf: (v, n) => typeof v !== "number" || Math.abs(v / n - Math.round(v / n)) < 1e-9,
  minItems: (v, n) => !Array.isArray(v) || v.length >= n, maxItems: (v, n) => !Array.isArray(v) || v.length <= n,
  uniqueItems: (v, on) => !on || !Array.isArray(v) || new Set(v.map(canonical)).size === v.length,
  minProperties: (v, n) => !isRecord(v) || Object.keys(v).length >= n, maxProperties: (v, n) => !isRecord(v) || Object.keys(v).length <= n,
  pattern: (v, p) => typeof v !== "string" || (expression(p)?.test(v) ?? true),
};

/** All errors; `root` is the schema in which `$ref` is looked up. */
export function errorsOf(schema, value, root = schema, path = [], depth = 0) {
  if (schema === true || schema === undefined || depth > 40) return [];
  if (schema === false) return [{ path, key: "other" }];
  if (!isRecord(schema)) return [];
  if (typeof schema.$ref === "string") return errorsOf(resolved(schema.$ref, root), value, root, path, depth + 1);
  const found = [], at = (inner, each, more) => errorsOf(inner, each, root, more, depth + 1);
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length && !types.some((type) => TYPES[type]?.(value))) return [{ path, key: "type" }];
  if (Array.isArray(schema.enum) && !schema.enum.some((each) => same(each, value))) found.push({ path, key: "enum" });
  if (has(schema, "const") && !same(schema.const, value)) found.push({ path, key: "enum" });
  for (const [key, holds] of Object.entries(LIMITS)) {
    if (has(schema, key) && !holds(value, schema[key])) found.push({ path, key, value: schema[key] });
  }
  if (Array.isArray(value)) found.push(...ofItems(schema, value, path, at));
  if (isRecord(value)) found.push(...ofRecord(schema, value, path, at));
  return [...found, ...ofCombinations(schema, value, path, at)];
}

function resolved(ref, root) {
  if (!ref.startsWith("#/")) return true;
  return ref.slice(2).split("/").reduce((at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], root) ?? true;
}

function ofItems(schema, value, path, at) {
  const items = schema.items;
  if (Array.isArray(items)) return items.flatMap((each, i) => (i < value.length ? at(each, value[i], [...path, i]) : []));
  const found = items === undefined ? [] : value.flatMap((each, i) => at(items, each, [...path, i]));
  if (schema.contains !== undefined && !value.some((each) => !at(schema.contains, each, path).length)) found.push({ path, key: "other" });
  return found;
}

function ofRecord(schema, value, path, at) {
  const found = [];
  for (const name of Array.isArray(schema.required) ? schema.required : []) {
    if (!has(value, name)) found.push({ path: [...path, name], key: "required" });
  }
  const properties = isRecord(schema.properties) ? schema.properties : {}, patterns = Object.entries(isRecord(schema.patternProperties) ? schema.patternProperties : {});
  for (const [name, each] of Object.entries(value)) {
    const of = patterns.filter(([pattern]) => expression(pattern)?.test(name)).map(([, inner]) => inner);
    if (has(properties, name)) of.push(properties[name]);
    if (!of.length && schema.additionalProperties !== undefined) of.push(schema.additionalProperties);
    if (schema.propertyNames !== undefined) found.push(...at(schema.propertyNames, name, [...path, name]));
    found.push(...of.flatMap((inner) => at(inner, each, [...path, name])));
  }
  for (const [name, then] of Object.entries(isRecord(schema.dependencies) ? schema.dependencies : {})) {
    if (has(value, name)) found.push(...at(Array.isArray(then) ? { required: then } : then, value, path));
  }
  return found;
}

function ofCombinations(schema, value, path, at) {
  const fits = (each) => !at(each, value, path).length;
  const found = (Array.isArray(schema.allOf) ? schema.allOf : []).flatMap((each) => at(each, value, path));
  if (Array.isArray(schema.anyOf) && !schema.anyOf.some(fits)) found.push(...nearest(schema.anyOf, value, path, at));
  if (Array.isArray(schema.oneOf)) {
    const count = schema.oneOf.filter(fits).length;
    if (!count) found.push(...nearest(schema.oneOf, value, path, at));
    else if (count > 1) found.push({ path, key: "other" });
  }
  if (schema.not !== undefined && fits(schema.not)) found.push({ path, key: "other" });
  if (schema.if !== undefined) {
    const then = fits(schema.if) ? schema.then : schema.else;
    if (then !== undefined) found.push(...at(then, value, path));
  }
  return found;
}

/** The errors of the branch whose constants are the given values, which is the one that the form shows; else one error. */
function nearest(branches, value, path, at) {
  const chosen = branches.filter((each) => isRecord(each) && isRecord(each.properties) && isRecord(value) && Object.entries(each.properties)
    .every(([name, inner]) => !isRecord(inner) || !(has(inner, "const") || has(inner, "enum")) || !has(value, name) || !at(inner, value[name], path).length));
  const found = chosen.length === 1 ? at(chosen[0], value, path) : [];
  return found.length ? found : [{ path, key: "other" }];
}

/** Whether values satisfy a condition of the form. */
export const holds = (condition, values) => !errorsOf(condition, values).length;
