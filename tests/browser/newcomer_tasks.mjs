// What fourteen readers want to know, each from the home page, in a real browser: node newcomer_tasks.mjs ADDRESS BROWSER PROGRAM WIDTH
// BROWSER is "chrome" or "firefox". Prints one JSON object: for each task the steps that a reader takes, seconds, and what went wrong.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [address, browserName, program, width] = process.argv.slice(2);
const puppeteer = (await import(pathToFileURL(createRequire(`${process.env.CALLBOARD_PUPPETEER}/package.json`).resolve("puppeteer-core")))).default;
const browser = await puppeteer.launch({ browser: browserName, executablePath: program, headless: true, args: browserName === "chrome" ? ["--no-sandbox", "--disable-gpu"] : [] });
const page = await browser.newPage();
await page.setViewport({ width: Number(width), height: 900 });
page.setDefaultTimeout(20_000);
const complaints = [];
page.on("pageerror", (error) => complaints.push(String(error)));
page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
let steps = 0;

const check = (condition, what) => { if (!condition) throw new Error(what); };
const text = (selector) => page.$$eval(selector, (found) => found.map((each) => each.textContent).join(" ").replace(/\s+/gu, " ").trim());
/** The address of a page is there before what it contains is. */
const attribute = async (selector, name) => (await found((css, key) => document.querySelector(css)?.getAttribute(key), {}, selector, name)).jsonValue();
const isThere = (selector) => found((css) => document.querySelector(css), {}, selector);
const at = (end) => found((path) => location.pathname.endsWith(path), {}, end);
/** `page.waitForFunction`, again where the page has been left in the meantime. */
async function found(...given) {
  for (let tries = 0; ; tries += 1) {
    try { return await page.waitForFunction(...given); } catch (error) { if (tries > 4 || !/context|navigat|realm|frame/iu.test(error.message)) throw error; }
  }
}
async function see(selector, words) {
  await found((css, part) => [...document.querySelectorAll(css)].some((each) => each.textContent.replace(/\s+/gu, " ").includes(part)), {}, selector, words);
}
/** One step: press a key, type a text, or click. A click scrolls to its target, as a reader does. */
async function press(...keys) { for (const key of keys) await page.keyboard.press(key); steps += 1; }
async function type(words) { await page.keyboard.type(words, { delay: 20 }); steps += 1; }
async function click(selector, words = "") {
  const handle = await found((css, part) => [...document.querySelectorAll(css)].find((each) => {
    const box = each.getBoundingClientRect();
    return each.textContent.includes(part) && box.width && box.left >= 0 && box.right <= innerWidth + 1;      // a drawer slides in from outside of the window
  }), {}, selector, words);
  await handle.asElement().click();
  steps += 1;
}
/** `/`, a name, and the first hit: three steps. */
async function find(name, end) {
  await press("/");
  await type(name);
  await page.waitForSelector("[data-search-form] [role=option]");
  await press("ArrowDown", "Enter");
  await at(end);
}
/** An entry of the navigation: a tab, or on a phone the drawer and the entry in it. */
async function navigate(title) {
  const tab = await page.$$eval(".md-tabs a", (links, name) => links.some((link) => link.textContent.trim() === name && link.getClientRects().length), title);
  if (!tab) await click("label[for=__drawer].md-header__button");
  await click(tab ? ".md-tabs a" : ".md-nav--primary a", title);
}

const tasks = {
  "the owner of a component, and how to reach them": async () => {
    await find("order service", "/component/order-svc/");
    await see(".cb-keys", "Orders");
    await isThere("a[href='mailto:orders@shop.example']");
  },
  "who is on call for it": async () => {
    await find("order service", "/component/order-svc/");
    await see(".cb-keys .cb-duty__shift:not([hidden])", "Ann Example");
    await see(".cb-keys .cb-duty__shift:not([hidden])", "UTC"); // a script names the zone
  },
  "who consumes an API": async () => {
    await find("orders api", "/api/orders-api/");
    await isThere("article a[href$='component/storefront/']");
  },
  "the endpoints of an API": async () => {
    await find("orders api", "/api/orders-api/");
    await see("article", "/orders/{id}");
    await see("article", "Cancel an order");
  },
  "its documentation": async () => {
    await navigate("Docs");
    await click("article a[href$='default/component/order-svc/']");
    await found(() => document.body.textContent.includes("How orders are kept"));
    check(page.url().startsWith(address), "the documentation is outside of the portal");
  },
  "the file to edit": async () => {
    await find("order service", "/component/order-svc/");
    check((await attribute(".cb-actions a[href*='/edit/']", "href")) === "https://github.com/acme/shop/edit/main/order-svc/catalog-info.yaml", "another file");
  },
  "what a team owns": async () => {
    await navigate("Teams");
    await click("article a[href$='group/team-orders/']");
    await see("#owns, [aria-labelledby=owns]", "Order service");
  },
  "which of a team's things are in trouble": async () => {
    await navigate("Teams");
    await click("article a[href$='group/team-orders/']");
    await see(".cb-strip", "1 open");
    await see(".cb-strip", "1 critical");
  },
  "what changed in the last week": async () => {
    await navigate("Changes");
    await found(() => document.querySelector("[data-log] [role=status]")?.textContent);      // the filters work once they say their count
    await click("[data-days='7']");
    await found(() => location.search === "?days=7");
    await see(".cb-log:not([hidden])", "OrderServiceClient");
  },
  "what depends on a database": async () => {
    await find("orders-db", "/resource/orders-db/");
    await see("article", "Dependents");
    await isThere("article .cb-list a[href$='component/order-svc/']");
  },
  "what is deprecated and used in production": async () => {
    await navigate("Data quality");
    await click("article a[href*='problems/lif001']");
    await see("article a[href$='component/picker/']", "picker");
  },
  "a person, and when they are on call": async () => {
    await find("ann example", "/user/ann/");
    await isThere("a[href='mailto:ann@shop.example']");
    await see(".cb-rota", "On call now");
    await see(".cb-rota", "Order service");
  },
  "share a filtered table": async () => {
    await navigate("Catalog");
    await page.waitForSelector("[data-catalog][data-ready]");
    if (!(await page.$$eval("[data-facet=lifecycle] label", (labels) => labels.some((label) => label.getClientRects().length)))) await click(".cb-facets__open");
    await click("[data-facet=lifecycle] label");
    await found(() => location.search.includes("lifecycle="));
    const rows = () => page.$$eval("[data-table] tbody tr:not(.cb-spacer) th a", (links) => links.map((link) => link.textContent));
    const before = await rows(), shared = page.url();
    await page.goto(shared);
    await page.waitForSelector("[data-catalog][data-ready]");
    check(before.length && JSON.stringify(await rows()) === JSON.stringify(before), "the address shows other rows");
    steps += 1;      // copy the address
  },
  "how fresh the data is": async () => {
    await navigate("Data quality");
    await click("article a", "Data freshness");
    await at("/status/");
    await see("table", "here");
    await see("table", "OK");
  },
};

const results = {};
for (const [name, task] of Object.entries(tasks)) {
  steps = 0;
  complaints.length = 0;
  await page.goto(address, { waitUntil: "load" });
  const begun = Date.now();
  let error = "";
  try { await task(); } catch (raised) { error = String(raised.message ?? raised); }
  results[name] = { steps, seconds: (Date.now() - begun) / 1000, error: error || complaints.join("; ") };
}
console.log(JSON.stringify({ version: await browser.version(), results }));
await browser.close();
