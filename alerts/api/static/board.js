// The board: loads what there is, follows what comes, and puts the parts together.

import { get, post, Refused } from "./api.js";
import { Detail } from "./detail.js";
import { askNote, askSilence, askToken } from "./dialogs.js";
import { byId, fill, h } from "./dom.js";
import { Filters } from "./filters.js";
import { List } from "./list.js";
import { follow } from "./live.js";
import { legend, WorldMap } from "./map.js";
import { Model } from "./model.js";
import { Silences } from "./silences.js";
import { Sources } from "./sources.js";
import { tabbed } from "./tabs.js";
import { Tasks } from "./tasks.js";
import { themed } from "./theme.js";
import { areaName, capital, count, kindName, ofMinute, plural, SEVERITIES, TRANSITIONS } from "./words.js";

const MOST = 5000;
const ENDED = 500;
const MINUTE = 60_000;

const model = new Model();
const tasks = new Tasks((error) => {
  if (!lacksToken(error)) trouble(error); // for want of a token the sign at the top says so
});
const list = new List(model, choose);
const map = new WorldMap({ onAlert: choose, onIncident: chooseIncident });
const filters = new Filters(model, () => {
  refresh();
  goToFilter();
});
const sources = new Sources(model);
const silences = new Silences(act, changed);
const detail = new Detail(model, {
  onClose: close,
  onAcknowledge: acknowledge,
  onSilence: silence,
  onIncident: chooseIncident,
  onAlert: choose,
});

// what is read

async function load() {
  const [open, { incidents }] = await Promise.all([
    pages({ state: "open" }),
    get("/v1/incidents", { limit: MOST }),
    sources.load(),
    silences.load(),
  ]);
  for (const alert of model.alerts.values()) if (alert.state === "open") model.alerts.delete(alert.id);
  for (const alert of open.alerts) model.alerts.set(alert.id, alert);
  model.incidents = incidents;
  model.sequence = open.sequence;
  model.hear(open.clock);
  filters.refresh();
  refresh();
  tasks.later("ended", model.filters.state === "open" ? 300 : 0, loadEnded);
}

// What is over can wait until what is not is on the screen.
async function loadEnded() {
  const lists = await Promise.all(["resolved", "retracted"].map((state) => get("/v1/alerts", { state, limit: ENDED })));
  for (const alert of lists.flatMap((list) => list.alerts)) model.alerts.set(alert.id, alert);
  filters.refresh();
  refresh();
}

// Every page of a list; the sequence is that of the first, so that what changed meanwhile is read again.
async function pages(query) {
  const first = await get("/v1/alerts", { ...query, limit: MOST });
  for (let next = first.next; next;) {
    const more = await get("/v1/alerts", { ...query, limit: MOST, before: next });
    first.alerts.push(...more.alerts);
    next = more.next;
  }
  return first;
}

// What changed since we last asked. A sequence that is behind ours is of a file that was made anew.
async function catchUp() {
  const news = [];
  let after = String(model.sequence);
  do {
    const page = await get("/v1/alerts", { after, limit: MOST });
    if (page.sequence < model.sequence) return load();
    news.push(...page.alerts.filter(({ id, revision }) => model.alerts.get(id)?.revision !== revision));
    for (const alert of page.alerts) model.alerts.set(alert.id, alert);
    if (page.next === null) model.sequence = page.sequence;
    model.hear(page.clock);
    after = page.next;
  } while (after !== null);
  if (!news.length) return undefined;
  filters.refresh();
  refresh();
  news.forEach(announce);
  tasks.later("incidents", 400, loadIncidents);
  tasks.later("feeds", 400, loadFeeds);
  return news.some(({ id }) => id === model.chosen?.alert) ? detail.showAlert(model.chosen.alert) : undefined;
}

async function loadIncidents() {
  model.incidents = (await get("/v1/incidents", { limit: MOST })).incidents;
  map.show(model.onMap, model.incidentsOnMap);
}

async function loadFeeds() {
  await sources.load();
  tell();
}

async function changed() {
  await Promise.all([load(), model.chosen?.alert ? detail.showAlert(model.chosen.alert) : null]);
}

// what is shown

function refresh() {
  list.refresh();
  map.show(model.onMap, model.incidentsOnMap);
  counts();
  tell();
}

function counts() {
  const { open } = model;
  const number = (severity) => open.filter((alert) => alert.severity === severity).length;
  fill(
    byId("counts"),
    SEVERITIES.map((severity) =>
      h(
        "button",
        {
          type: "button",
          class: `chip ${severity}`,
          "aria-pressed": String(model.filters.severity === severity),
          onclick: () => filters.set("severity", severity),
        },
        h("strong", {}, count(number(severity))),
        h("span", {}, capital(severity)),
      ),
    ),
  );
  const worst = SEVERITIES.find((severity) => number(severity) > 0);
  document.title = open.length ? `(${open.length}) ${worst ? capital(worst) : ""} – Tocsin` : "Tocsin";
}

function tell() {
  const clock = byId("clock");
  clock.textContent = model.clock === null ? "" : ofMinute(new Date(model.clock).toISOString());
  list.tell();
  sources.refresh();
}

function announce(alert) {
  const step = TRANSITIONS[alert.transition] ?? alert.transition;
  byId("said").textContent =
    `${step}: ${alert.severity}, ${kindName(alert.kind)}, ${areaName(alert.area)}. ${alert.explanation}`;
  list.ring(alert.id);
  if (alert.transition === "opened" || alert.transition === "escalated") map.ring(alert.id);
}

function choose(id, { step = true } = {}) {
  const first = model.chosen === null;
  model.chosen = { alert: id };
  filters.write({ step: step && first && !history.state?.stepped });
  map.choose(id);
  list.refresh();
  const alert = model.alerts.get(id);
  document.body.dataset.detail = "open";
  if (alert) map.goTo(alert.area.country, alert.position);
  detail.showAlert(id).catch((error) => detail.fail(error));
}

function chooseIncident(id) {
  model.chosen = { incident: id, from: model.chosen?.alert ?? model.chosen?.from ?? null };
  document.body.dataset.detail = "open";
  detail.showIncident(id).catch((error) => detail.fail(error));
}

// The browser's way back, or forward.
function arrive() {
  const id = filters.read();
  filters.refresh();
  if (id && id !== model.chosen?.alert) choose(id, { step: false });
  else if (!id && model.chosen) close();
  refresh();
}

function close() {
  const id = model.chosen?.alert ?? model.chosen?.from;
  model.chosen = null;
  filters.write();
  delete document.body.dataset.detail;
  detail.hide();
  map.choose(null);
  list.refresh();
  const focus = () => list.cards.get(id)?.element.firstElementChild.focus({ preventScroll: true });
  if (id) setTimeout(focus); // after the browser's own part of going back
}

function goToFilter() {
  const { area } = model.filters;
  if (!area) map.view.world();
  else map.goTo(area.split("/")[0], null);
}

// what is done

async function acknowledge(alert) {
  const note = await askNote(alert);
  if (note === null) return;
  await act("Acknowledge", async () => {
    const seen = await post(`/v1/alerts/${encodeURIComponent(alert.id)}/acknowledge`, { note });
    model.alerts.set(seen.id, seen);
    refresh();
    await detail.showAlert(seen.id);
    byId("said").textContent = "Acknowledged.";
  });
}

async function silence(alert) {
  const given = await askSilence(alert);
  if (given === null) return;
  const { hours, ...wanted } = given;
  await act("Silence", async () => {
    await post("/v1/silences", { ...wanted, until: new Date(model.now + hours * 3_600_000).toISOString() });
    await changed();
    byId("said").textContent = "Silenced.";
  });
}

// Do it; when the token does not allow it, ask for one that does and do it again.
async function act(what, work) {
  for (;;) {
    try {
      await work();
      trouble(null);
      return;
    } catch (error) {
      if (!lacksToken(error)) {
        trouble(error);
        return;
      }
      if (!(await askToken(`${what} needs a token with the scope “manage”.`))) return;
      document.dispatchEvent(new Event("tocsin-retry"));
    }
  }
}

const lacksToken = (error) => error instanceof Refused && (error.status === 401 || error.status === 403);

function trouble(error) {
  const box = byId("trouble");
  box.hidden = error === null;
  box.textContent = error === null ? "" : `That did not work: ${error.message}`;
}

// what comes

const STATES = { live: "Live", lost: "Reconnecting…", refused: "Token needed", connecting: "Connecting" };

function onState(state) {
  const sign = byId("live");
  if (sign.dataset.state !== state) {
    sign.dataset.state = state;
    sign.lastElementChild.textContent = STATES[state];
  }
  if (state === "live") {
    trouble(null);
    tasks.once("load", model.sequence ? catchUp : load);
  }
  if (state === "refused") tasks.once("token", wantToken);
}

async function wantToken() {
  const given = await askToken("The alerts of this server are shown to who has a token.");
  if (given) document.dispatchEvent(new Event("tocsin-retry"));
}

function onEvent(name) {
  if (name === "alert") tasks.once("catch-up", catchUp);
  else if (name === "changed") tasks.once("changed", changed);
}

byId("key").addEventListener("click", async () => {
  const why = "Acknowledging and silencing need a token with the scope “manage”, where the server asks for tokens.";
  if (!(await askToken(why))) return;
  document.dispatchEvent(new Event("tocsin-retry"));
  tasks.once("load", load);
});

legend(byId("legend"));
tabbed(document.querySelector("[role=tablist]"));
themed(() => map.readColours());
const asked = filters.read();
filters.refresh();
filters.write();
tasks.once("map", async () => {
  await map.load();
  refresh();
});
setInterval(() => tasks.once("feeds", loadFeeds), MINUTE);
byId("tab-sources").addEventListener("click", () => tasks.once("feeds", loadFeeds));
setInterval(tell, MINUTE / 4);
addEventListener("popstate", arrive);
await tasks.once("load", load);
if (asked) choose(asked, { step: false });
requestAnimationFrame(() =>
  setTimeout(() => {
    performance.mark("tocsin-shown"); // painted: what the time to load is measured by
    document.body.dataset.loaded = plural(model.alerts.size, "alert");
  }),
);
follow({ path: "/v1/events", after: model.sequence ? String(model.sequence) : null, onEvent, onState });
