// command.js: answers → the command line that makes the project, for POSIX shells and for PowerShell.

const BARE = /^[A-Za-z0-9_@%+=:,./#-]+$/;
const posix = (text) => (BARE.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
/** Backslashes before a quotation mark are doubled: PowerShell gives the argument to the program as one line. */
const powershell = (text) => (BARE.test(text) && !text.startsWith("@") ? text : `'${text.replaceAll("'", "''").replace(/(\\*)"/g, "$1$1\\\"")}'`);

/** The command. `address` is what stands after `new`, quoted already. */
export function commandLine(install, address, answers, shell) {
  const quote = shell === "powershell" ? powershell : posix, parts = [];
  for (const [name, value] of Object.entries(answers)) {
    parts.push(typeof value === "string" ? `--set ${quote(`${name}=${value}`)}` : `--set-json ${quote(`${name}=${JSON.stringify(value)}`)}`);
  }
  const next = shell === "powershell" ? " `\n  " : " \\\n  ";
  return [`uvx --from ${quote(install)} callboard new ${address}`, ...parts].join(next);
}
