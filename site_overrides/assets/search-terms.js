// search-terms.js: a query → its terms, the same ones that the generator makes of texts (search/terms.py, search/english.py).
import { SHORT } from "./search-core.js";

const LATIN = (() => {
  const from = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґαβγδεζηθικλμνξοπρσςτυφχψωßæøœłđðþı";
  const into = "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch - y - e yu ya i i e g a v g d e z i th i k l m n x o p r s s t y f ch ps o ss ae o oe l d d th i";
  const all = new Map(into.replaceAll("-", "").split(" ").map((latin, at) => [[...from][at], latin]));
  for (const [letter, latin] of [...all]) if (!"ßı".includes(letter)) all.set(letter.toUpperCase(), latin && latin[0].toUpperCase() + latin.slice(1));
  return all;
})();
const CJK = "\\u2e80-\\u2fff\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff";
const LETTER = `(?![${CJK}])[\\p{L}\\p{N}]`;
const COMPOUNDS = new RegExp(`(?:${LETTER})+(?:[-_.](?:${LETTER})+)*|[${CJK}]+`, "gu"), IS_CJK = new RegExp(`^[${CJK}]`, "u");
const CASES = [/([a-z0-9])(?=[A-Z])/gu, /([A-Z])(?=[A-Z][a-z])/gu, /([A-Za-z]{3})(?=[0-9])/gu, /([0-9])(?=[A-Za-z]{3})/gu];
const LONGEST = 40, MOST_PARTS = 5;
const STOP_WORDS = new Set(("a an and are as at be by can do does for from has have how i if in into is it its my of on or our that the their them then there these "
  + "this to us was we what when where which who why will with you your").split(" "));
/** `svc` as `service`. */
export const spelledOut = (word) => (word !== "be" && Object.hasOwn(SHORT, word) ? SHORT[word] : word);

/** Letters without accents, in Latin where another alphabet has a common transcription; upper case stays. */
const latin = (text) => (/^[\x00-\x7f]*$/u.test(text) ? text : [...text.normalize("NFKD").replace(/\p{M}/gu, "").normalize("NFC")].map((c) => LATIN.get(c) ?? c).join(""));

/** The words of a text: `{words, parts, joined, isStopWord}` of each run, as in search/terms.py; `words` are not stemmed. */
export function compounds(text, stemming = true) {
  const term = (word) => (stemming ? stem(spelledOut(word)) : spelledOut(word)).slice(0, LONGEST);
  return [...latin(text).replace(/['’ʼ](?:s\b)?/gu, "").matchAll(COMPOUNDS)].map(([run]) => {
    if (IS_CJK.test(run)) {
      const chars = [...run], pairs = chars.length < 2 ? chars : chars.slice(1).map((char, at) => chars[at] + char);
      return { words: pairs, parts: pairs, joined: [], isStopWord: false };
    }
    const words = run.split(/[-_.]/u).flatMap((part) => CASES.reduce((cut, at) => cut.replace(at, "$1 "), part).split(" ")).map((word) => word.toLowerCase());
    if (words.length === 1) return { words, parts: [term(words[0])], joined: [], isStopWord: STOP_WORDS.has(words[0]) };
    const joined = words.length > MOST_PARTS ? [] : [...new Set([words.join(""), words.map(spelledOut).join("")])].map((word) => word.slice(0, LONGEST));
    return { words, parts: words.map(term), joined, isStopWord: false };
  });
}

/** All terms of a text, as the generator makes them. */
export function termsOf(text, stemming = true) {
  const found = compounds(text, stemming), kept = found.filter((each) => !each.isStopWord);
  return (kept.length ? kept : found).flatMap((each) => [...each.parts, ...each.joined]);
}

const VOWEL = /[aeiouy]/u, REGION = /[aeiouy][^aeiouy]/gu, SHORT_END = /(?:[^aeiouy][aeiouy][^aeiouywxY]|^[aeiouy][^aeiouy]|past)$/u;
const FIXED = new Map(Object.entries({
  skis: "ski", skies: "sky", idly: "idl", gently: "gentl", ugly: "ugli", early: "earli", only: "onli", singly: "singl", sky: "sky", news: "news", howe: "howe", atlas: "atlas",
  cosmos: "cosmos", bias: "bias", andes: "andes", inning: "inning", outing: "outing", canning: "canning", herring: "herring", earring: "earring", evening: "evening",
}));
const BEGINNINGS = ["gener", "commun", "arsen", "past", "univers", "later", "emerg", "organ", "inter"];
const STEP_2 = [["ational", "ate"], ["fulness", "ful"], ["iveness", "ive"], ["ization", "ize"], ["ousness", "ous"], ["biliti", "ble"], ["lessli", "less"], ["tional", "tion"],
  ["alism", "al"], ["aliti", "al"], ["ation", "ate"], ["entli", "ent"], ["fulli", "ful"], ["iviti", "ive"], ["ousli", "ous"], ["ogist", "og"], ["abli", "able"], ["alli", "al"],
  ["anci", "ance"], ["ator", "ate"], ["enci", "ence"], ["izer", "ize"], ["bli", "ble"], ["ogi", "og"], ["li", ""]];
const STEP_3 = [["ational", "ate"], ["tional", "tion"], ["alize", "al"], ["ative", ""], ["icate", "ic"], ["iciti", "ic"], ["ical", "ic"], ["ness", ""], ["ful", ""]];
const STEP_4 = ["ement", "able", "ance", "ence", "ible", "ment", "ant", "ate", "ent", "ion", "ism", "iti", "ive", "ize", "ous", "al", "er", "ic"];

/** The stem of an English word in lower case, by Porter2. */
export function stem(word) {
  if (!/^[a-z]{3,40}$/u.test(word)) return word;
  if (FIXED.has(word)) return FIXED.get(word);
  if (/^[^aeiouy]ying$/u.test(word)) return `${word[0]}ie`;
  let made = "";
  for (const letter of word) made += letter === "y" && (!made || VOWEL.test(made.at(-1))) ? "Y" : letter;
  const behind = (start) => { REGION.lastIndex = start; return REGION.test(made) ? REGION.lastIndex : made.length; };
  const first = (BEGINNINGS.find((each) => made.startsWith(each)) ?? "").length || behind(0), second = behind(first);
  made = step1b(step1a(made), first);
  if (made.length > 2 && /[yY]$/u.test(made) && !VOWEL.test(made.at(-2))) made = `${made.slice(0, -1)}i`;
  return step5(step4(step3(step2(made, first), first, second), second), first, second).toLowerCase();
}

function step1a(word) {
  if (word.endsWith("sses")) return word.slice(0, -2);
  if (/ie[ds]$/u.test(word)) return word.length > 4 ? word.slice(0, -2) : word.slice(0, -1);
  return word.endsWith("s") && !/[us]s$/u.test(word) && VOWEL.test(word.slice(0, -2)) ? word.slice(0, -1) : word;
}

function step1b(word, first) {
  for (const end of ["eedly", "eed"]) if (word.endsWith(end)) {
    const rest = word.slice(0, -end.length);
    return rest.length >= first && !/(?:exc|proc|succ)$/u.test(rest) ? `${rest}ee` : word;
  }
  for (const end of ["ingly", "edly", "ing", "ed"]) if (word.endsWith(end)) {
    const rest = word.slice(0, -end.length);
    if (!VOWEL.test(rest)) return word;
    if (/(?:at|bl|iz)$/u.test(rest)) return `${rest}e`;
    if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/u.test(rest)) return rest.length === 3 && "aeo".includes(rest[0]) ? rest : rest.slice(0, -1);
    return first >= rest.length && SHORT_END.test(rest) ? `${rest}e` : rest;
  }
  return word;
}

function step2(word, first) {
  for (const [end, made] of STEP_2) if (word.endsWith(end)) {
    const rest = word.slice(0, -end.length), fits = end === "ogi" ? rest.endsWith("l") : end === "li" ? /[cdeghkmnrt]$/u.test(rest) : true;
    return rest.length >= first && fits ? rest + made : word;
  }
  return word;
}

function step3(word, first, second) {
  for (const [end, made] of STEP_3) if (word.endsWith(end)) {
    const rest = word.slice(0, -end.length);
    return rest.length >= (end === "ative" ? second : first) ? rest + made : word;
  }
  return word;
}

function step4(word, second) {
  for (const end of STEP_4) if (word.endsWith(end)) {
    const rest = word.slice(0, -end.length);
    return rest.length >= second && (end !== "ion" || /[st]$/u.test(rest)) ? rest : word;
  }
  return word;
}

function step5(word, first, second) {
  const rest = word.slice(0, -1);
  if (word.endsWith("e")) return rest.length >= second || (rest.length >= first && !SHORT_END.test(rest)) ? rest : word;
  return word.endsWith("ll") && rest.length >= second ? rest : word;
}
