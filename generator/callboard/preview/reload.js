// reload.js: the preview's script. Reloads the page when the site has changed, and shows errors and problems of the change. Never part of a published site.
const script = document.currentScript.src;
const events = new EventSource(new URL("events", script));
let version = null;
let overlay = null;                                                                       // loaded when there is something to display

events.addEventListener("state", async (event) => {
  const state = JSON.parse(event.data);
  if (version !== null && state.version !== version) return location.reload();
  version = state.version;
  if (!overlay && (state.error || state.notes.length)) overlay = await import(new URL("overlay.js", script));
  overlay?.show(state);
});
// Otherwise, a page that the user leaves keeps its connection until the next event; browsers allow six connections per host.
addEventListener("pagehide", () => events.close());
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
