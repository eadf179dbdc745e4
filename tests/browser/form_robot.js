// form_robot.js: fills in the page of a template's form that is shown, like somebody who does not know the template: what has a default stays,
// texts are words of common forms, and after an error another word is tried. Defines window.robot = { fill, mend, page }.
(() => {
  const WORDS = ["my-name", "myname", "my_name", "MyName", "a1b2c3", "com.acme.demo", "1.0.0", "10.0.0.0/16", "https://acme.example/x", "jane@acme.example", "A", "1",
    "12", "123456789012", "eu-west-1", "group:default/team-a", "acme", "main", "v1", "demo01", "abc", "2026-01-01", "ABC-123", "001", "app.acme.example", "/path",
    "registry.acme.example/app:1", "0 0 * * *", "8080", "EKS-1234", "team-a", "arn:aws:iam::123456789012:role/x", "00000000-0000-0000-0000-000000000000",
    "my-service", "my-job", "my-pipeline", "my-gateway", "AB1234", "my-docs", "12-34-56-78", "a long enough text that says more than fifty characters about it"];
  const TYPED = { email: "jane@acme.example", url: "https://acme.example/x", date: "2026-01-01", time: "10:00", "datetime-local": "2026-01-01T10:00" };
  const NUMBERS = ["5", "10", "100", "1024", "3"], shown = (node) => node.getClientRects().length > 0;
  const page = () => document.querySelector("[data-page]:not([hidden])");
  const said = (control) => control.dispatchEvent(new Event("input", { bubbles: true }));
  const filled = new WeakSet();

  function choose(control) {
    const field = control.closest("[data-field]");
    if (field.querySelector("input:checked")) return;
    if (control.type === "radio" || field.dataset.kind === "checkboxes") { control.checked = true; said(control); }
  }

  function put(control) {
    if (control.type === "checkbox" || control.type === "radio") { choose(control); return; }
    if (control.value !== "") return;
    if (control.tagName === "SELECT") control.selectedIndex = control.options[0]?.value === "" ? Math.min(1, control.options.length - 1) : 0;
    else if (control.dataset.repository) control.value = control.dataset.repository === "owner" ? "acme" : "demo";
    else if (control.closest("[data-field]").dataset.kind === "json") control.value = "{}";
    else if (control.type === "number") control.value = control.min || "1";
    else control.value = TYPED[control.type] ?? WORDS[0];
    said(control);
  }

  /** Fill in what is empty; answers show further fields, so this is done a few times. */
  function fill() {
    for (let round = 0; round < 6; round++) {
      for (const add of page().querySelectorAll("[data-add]")) {
        const field = add.closest("[data-field]");
        if (shown(add) && !filled.has(field) && !field.querySelector(":scope > [data-items]").children.length) { filled.add(field); add.click(); }
      }
      for (const control of page().querySelectorAll("input, select, textarea")) {
        if (shown(control) && !filled.has(control)) { filled.add(control); put(control); }
      }
    }
  }

  /** Try another value where there is an error. */
  function mend(round) {
    for (const control of page().querySelectorAll("[aria-invalid]")) {
      if (control.tagName === "SELECT" || control.type === "checkbox" || control.type === "radio") continue;
      if (control.type === "number") control.value = [control.max || "5", ...NUMBERS][round % (NUMBERS.length + 1)];
      else if (control.closest("[data-field]").dataset.kind === "json") control.value = round % 2 ? "[]" : "{}";
      else control.value = WORDS[round % WORDS.length];
      said(control);
    }
    fill();
  }

  window.robot = { fill, mend, words: WORDS.length };
})();
