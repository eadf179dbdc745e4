// reload.js: the preview's own script. Loads the page again when there is another site, and shows what is wrong. Never part of a published site.
const own = document.currentScript.src;
const events = new EventSource(new URL("events", own));
let version = null;
let overlay = null;                                                                       // loaded when there is something to show

events.addEventListener("state", async (event) => {
  const state = JSON.parse(event.data);
  if (version !== null && state.version !== version) return location.reload();
  version = state.version;
  if (!overlay && (state.error || state.notes.length)) overlay = await import(new URL("overlay.js", own));
  overlay?.show(state);
});
// A page that is left keeps its connection otherwise until the server next speaks; browsers allow six to a host.
addEventListener("pagehide", () => events.close());
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
