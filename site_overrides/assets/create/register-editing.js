// register-editing.js: the reference of an entity → its published descriptor with the values of the form, and where its file is; or the reason why it cannot be changed in the form.
import { BASE, to } from "../elements.js";
import { opened } from "./register-edit.js";

const MASKED = /\*{3,}|\u2022{3}/u, WEB = /^https?:\/\//u, VIEW = /^(https?:\/\/[^?#]+?)\/(?:-\/blob|blob|src\/branch|src\/commit|src|-\/edit|edit|_edit)\/([^/?#]+)\/([^?#]+)$/u;
const got = (url) => fetch(url).then((answer) => { if (!answer.ok) throw new Error(`${url}: ${answer.status}`); return answer; });

/** `{reason, edit}`, or `{text, start, values, unheld, others, isPlain, edit, base, branch, path}`. */
export async function published(ref, names, rules) {
  const entry = names.byRef(ref.toLowerCase()), folder = entry && names.pathOf(entry);
  if (!entry) return { reason: "missing", edit: "" };
  const [entity, page, files] = await Promise.all([
    got(`${BASE}${folder}entity.json`).then((answer) => answer.json()), got(to(folder)).then((answer) => answer.text()), got(new URL("files.json", location.href)).then((answer) => answer.json()),
  ]);
  const section = new DOMParser().parseFromString(page, "text/html").querySelector("section[aria-labelledby=descriptor]"), text = section?.querySelector("pre code")?.textContent;
  const annotations = entity.metadata.annotations ?? {}, address = annotations["backstage.io/edit-url"], edit = WEB.test(address) ? address : "", canonical = names.refOf(entry);
  const reasons = { missing: !text, kind: !rules.kinds[entity.kind], several: files.parts.includes(canonical), cut: section?.querySelector(".cb-cut"), secret: MASKED.test(text) };
  const reason = Object.keys(reasons).find((name) => reasons[name]);
  if (reason) return { reason, edit };
  const [, base, branch, path] = VIEW.exec(annotations["backstage.io/view-url"] ?? "") ?? VIEW.exec(edit) ?? [null, "", "", "catalog-info.yaml"];
  return { text: `${text.replace(/\n+$/u, "")}\n`, start: files.marked.includes(canonical) ? "---\n" : "", ...opened(rules, text, entity), edit, base, branch: decodeURIComponent(branch), path: decodeURIComponent(path) };
}
