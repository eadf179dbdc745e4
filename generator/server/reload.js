// reload.js: the preview's own script. Loads the page again after a build; shows why a build failed. Never part of a published site.
const events = new EventSource(new URL("events", document.currentScript.src));
let version = null;

const style = {
  position: "fixed", insetInline: "0", bottom: "0", zIndex: "1000", maxHeight: "50vh", overflow: "auto", margin: "0",
  padding: "1rem 1.5rem", whiteSpace: "pre-wrap", font: "14px/1.5 ui-monospace, monospace", color: "#fff", background: "#8a1c1c",
};

function show(error) {
  document.getElementById("callboard-error")?.remove();
  if (!error) return;
  const box = Object.assign(document.createElement("pre"), { id: "callboard-error", role: "alert", textContent: `The last build failed; this is the site before it.\n\n${error}` });
  box.setAttribute("role", "alert");
  Object.assign(box.style, style);
  document.body.append(box);
}

events.addEventListener("state", (event) => {
  const state = JSON.parse(event.data);
  if (version !== null && state.version !== version) location.reload();
  version = state.version;
  show(state.error);
});
// A page that is left keeps its connection otherwise until the server next speaks; browsers allow six to a host.
addEventListener("pagehide", () => events.close());
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
