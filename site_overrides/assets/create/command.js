// command.js: answers → the command line that makes the project, for POSIX shells and for PowerShell, and what a host's pipeline or workflow gets.

/** Words that no shell changes. PowerShell makes a list of `a,b` and something else of a word that begins with `@`. */
const BARE = /^[A-Za-z0-9_./-][A-Za-z0-9_+=:./#-]*$/;
/** What stays the same in single quotes; controls could do something else in a terminal, and marks of direction hide what is run. */
const UNSEEN = "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ud800-\\udfff";
const SHELLS = {
  // fish reads a backslash in single quotes
  posix: { quotable: new RegExp(`^[^\\\\${UNSEEN}]*$`, "u"), quote: (text) => `'${text.replaceAll("'", "'\\''")}'`, next: " \\\n  " },
  // Windows PowerShell 5 gives a quotation mark and a backslash before the end to programs differently than PowerShell 7; both take ‘’‚‛ for quotes
  powershell: { quotable: new RegExp(`^(?:[^"\\u2018-\\u201b\\t\\n${UNSEEN}]*[^"\\\\\\u2018-\\u201b\\t\\n${UNSEEN}])?$`, "u"), quote: (text) => `'${text.replaceAll("'", "''")}'`, next: " `\n  " },
};
const LONGEST = 8000;

const whole = (text) => text.replace(/\p{Surrogate}/gu, "\ufffd");
/** Percent-encoding of everything that a shell or a URL reads. */
export const encoded = (text) => encodeURIComponent(whole(text)).replace(/[!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const quoted = (text, shell) => (BARE.test(text) ? text : shell.quote(text));

/** The options with answers. What a shell would change is in one option, encoded. */
function options(answers, shell) {
  const parts = [], rest = Object.create(null);
  for (const [name, value] of Object.entries(answers)) {
    const isText = typeof value === "string", text = `${name}=${isText ? value : JSON.stringify(value)}`;
    if (shell.quotable.test(text) && name && !name.includes("=")) parts.push(`${isText ? "--set" : "--set-json"} ${quoted(text, shell)}`);
    else rest[name] = value;
  }
  return Object.keys(rest).length ? [...parts, `--answers ${quoted(encoded(JSON.stringify(rest)), shell)}`] : parts;
}

/** The command. `words` are what stands after `new`. Too long a command reads the answers from the file that can be downloaded. */
export function commandLine(install, words, answers, name) {
  const shell = SHELLS[name], start = `uvx --from ${quoted(install, shell)} callboard new ${words.map((word) => quoted(word, shell)).join(" ")}`;
  const line = [start, ...options(answers, shell)].join(shell.next);
  return line.length > LONGEST ? { line: `${start} --data answers.json`, isFile: true } : { line, isFile: false };
}

/** What starts a run at the host of the template: { link, isFilled, line }; `run` is of template.json. */
export function hostRun(run, ref, answers, name) {
  const shell = SHELLS[name], text = encoded(JSON.stringify(answers));
  if (run.type === "gitlab") {
    const bare = `${run.url}/-/pipelines/new${run.branch ? `?ref=${encoded(run.branch)}` : ""}`, given = { NEW_PROJECT_TEMPLATE: ref, NEW_PROJECT_ANSWERS: text }; // GitLab would replace $NAME
    const link = Object.entries(given).reduce((url, [key, value]) => `${url}${url.includes("?") ? "&" : "?"}var%5B${key}%5D=${encoded(value)}`, bare);
    const isFilled = link.length <= LONGEST, branch = run.branch ? ["--branch", run.branch] : [];
    const words = ["glab", "ci", "run", "--repo", run.url, ...branch, "--variables", `NEW_PROJECT_TEMPLATE:${ref}`, "--variables", `NEW_PROJECT_ANSWERS:${text}`];
    return { link: isFilled ? link : bare, isFilled, line: words.map((word) => quoted(word, shell)).join(" ") };
  }
  const branch = run.branch ? ["--ref", run.branch] : [];
  const words = ["gh", "workflow", "run", run.workflow, "--repo", run.url.replace("https://", ""), ...branch, "--raw-field", `template=${ref}`, "--raw-field", `answers=${text}`];
  return { link: `${run.url}/actions/workflows/${run.workflow}`, isFilled: false, line: words.map((word) => quoted(word, shell)).join(" ") };
}
