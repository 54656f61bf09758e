// The list of alerts: one card each, made anew only when its alert has changed.

import { byId, h } from "./dom.js";
import { kindMark } from "./marks.js";
import * as words from "./words.js";

export class List {
  constructor(model, onChoose) {
    this.model = model;
    this.onChoose = onChoose;
    this.list = byId("alerts");
    this.cards = new Map(); // id -> {element, made}
    this.list.addEventListener("keydown", (event) => this.step(event));
  }

  refresh() {
    const { model } = this;
    const alerts = model.listed;
    const elements = alerts.map((alert) => this.card(alert));
    const present = new Set(alerts.map((alert) => alert.id));
    for (const id of this.cards.keys()) if (!present.has(id)) this.cards.delete(id);
    const held = document.activeElement?.closest?.(".card")?.dataset.id;
    arrange(this.list, elements);
    if (held && document.activeElement === document.body)
      this.cards.get(held)?.element.firstElementChild.focus({ preventScroll: true });
    byId("shown").textContent = words.count(alerts.length);
    const none = byId("none");
    none.hidden = alerts.length > 0;
    none.textContent =
      model.alerts.size === 0
        ? "No alert so far. The board stays open and shows the first within a second of its story."
        : "Nothing matches these filters.";
  }

  card(alert) {
    const { revision, state, recovering, acknowledged, silenced_until: until } = alert;
    const chosen = this.model.chosen?.alert === alert.id;
    const made = [revision, state, recovering, acknowledged?.at, until, chosen].join();
    const known = this.cards.get(alert.id);
    if (known?.made === made) return known.element;
    const element = cardOf(alert, this.model, this.onChoose);
    this.cards.set(alert.id, { element, made });
    return element;
  }

  // A card that has just come is shown so for a moment.
  ring(id) {
    this.cards.get(id)?.element.classList.add("fresh");
  }

  tell() {
    for (const time of this.list.querySelectorAll("time.ago"))
      time.textContent = words.ago(time.dateTime, this.model.now);
  }

  step(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const card = event.target.closest(".card");
    const next =
      event.key === "ArrowDown"
        ? (card?.nextElementSibling ?? this.list.firstElementChild)
        : card?.previousElementSibling;
    if (!next) return;
    event.preventDefault();
    next.firstElementChild.focus();
  }
}

// Put the elements in this order, moving as few as need be: what has focus keeps it.
function arrange(list, elements) {
  const wanted = new Set(elements);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  let place = list.firstElementChild;
  const late = document.createDocumentFragment();
  for (const element of elements) {
    if (element === place) place = place.nextElementSibling;
    else if (place === null) late.append(element);
    else list.insertBefore(element, place);
  }
  list.append(late);
}

function cardOf(alert, model, onChoose) {
  const chosen = model.chosen?.alert === alert.id;
  return h(
    "li",
    { class: `card ${alert.severity} ${alert.state}${chosen ? " chosen" : ""}`, data: { id: alert.id } },
    h(
      "button",
      { type: "button", class: "face", "aria-current": chosen ? "true" : null, onclick: () => onChoose(alert.id) },
      h(
        "span",
        { class: "head" },
        kindMark(alert.kind),
        h("span", { class: "title" }, `${words.kindName(alert.kind)}, ${words.areaName(alert.area)}`),
        h(
          "time",
          { class: "ago", datetime: alert.at, title: words.ofMinute(alert.at) },
          words.ago(alert.at, model.now),
        ),
      ),
      h("span", { class: "tags" }, tags(alert)),
      h("span", { class: "says" }, alert.explanation),
    ),
  );
}

export function tags(alert) {
  const { acknowledged: seen, silenced_until: until, origins } = alert;
  const over = alert.state !== "open";
  const ended = alert.state === "retracted" ? "Taken back" : "Resolved";
  const tag = (name, text, title = null) => h("span", { class: `tag ${name}`, title }, text);
  return [
    tag(`severity ${alert.severity}`, words.capital(alert.severity)),
    over ? tag(alert.state, ended) : tag("", words.TRANSITIONS[alert.transition]),
    over ? null : tag("value", words.amount(alert.measure)),
    alert.certainty === "possible" ? tag("doubt", words.CERTAINTIES.possible) : null,
    alert.recovering ? tag("", "Recovering", "Below its limit for a day or more") : null,
    alert.flapping ? tag("", "On and off", "Three episodes or more within 30 days") : null,
    seen ? tag("seen", "Acknowledged", `${words.author(seen)}, ${words.ofMinute(seen.at)}`) : null,
    until ? tag("quiet", "Silenced", `Until ${words.ofMinute(until)}`) : null,
    origins.length > 1 ? tag("plain", words.plural(origins.length, "source")) : null,
    over && alert.ended ? tag("plain", `Ended ${words.ofDay(alert.ended)}`) : null,
  ];
}
