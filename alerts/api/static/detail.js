// What stands behind an alert or an incident: the trend, the incidents, every quote with its words marked, the history.

import { get } from "./api.js";
import { chart } from "./chart.js";
import { byId, fill, h, link } from "./dom.js";
import { tags } from "./list.js";
import { kindMark } from "./marks.js";
import { ago, amount, areaName, capital, CERTAINTIES, count, figures, kindName, ofDay, ofMinute, oneOf, placeName, plural, TRANSITIONS } from "./words.js";

const MARKED = { killed: "people killed", injured: "people injured", displaced: "people displaced", place: "where" };

export class Detail {
  // actions: {onClose, onAcknowledge(alert), onSilence(alert), onIncident(id), onAlert(id)}
  constructor(model, actions) {
    this.model = model;
    this.actions = actions;
    this.pane = byId("detail");
    this.asked = 0;
    this.pane.addEventListener("keydown", (event) => { if (event.key === "Escape") actions.onClose(); });
  }

  hide() {
    this.asked++;
    this.pane.hidden = true;
    fill(this.pane);
  }

  async showAlert(id, { focus = true } = {}) {
    const asked = ++this.asked;
    const known = this.model.alerts.get(id);
    if (this.pane.hidden || this.shown !== id) this.open(id, known ? [this.bar(), ...this.alertHead(known), h("p", { class: "wait" }, "Reading…")] : [this.bar(), h("p", { class: "wait" }, "Reading…")], focus);
    const [detail, series] = await Promise.all([get(`/v1/alerts/${encodeURIComponent(id)}`), get(`/v1/alerts/${encodeURIComponent(id)}/series`)]);
    if (asked !== this.asked) return;
    const { scrollTop } = this.pane;
    const held = this.pane.contains(document.activeElement) ? document.activeElement.dataset?.does ?? "title" : null;
    fill(this.pane, this.bar(), this.alertHead(detail.alert), this.buttons(detail.alert), chart(series), this.incidents(detail), history(detail), this.small(detail));
    this.pane.scrollTop = scrollTop;
    if (held) (this.pane.querySelector(`[data-does="${CSS.escape(held)}"]`) ?? this.pane.querySelector("h2")).focus({ preventScroll: true });
  }

  async showIncident(id, { focus = true } = {}) {
    const asked = ++this.asked;
    this.open(id, [this.bar(), h("p", { class: "wait" }, "Reading…")], focus);
    const { incident, quotes } = await get(`/v1/incidents/${encodeURIComponent(id)}`);
    if (asked !== this.asked) return;
    fill(this.pane, this.bar(), this.incidentHead(incident), h("section", { "aria-label": "Quotes" }, h("h3", {}, plural(quotes.length, "quote")), quotes.map(quoteOf)));
    this.pane.querySelector("h2").focus({ preventScroll: true });
  }

  open(id, content, focus) {
    this.shown = id;
    this.pane.hidden = false;
    fill(this.pane, content);
    this.pane.scrollTop = 0;
    if (focus) (this.pane.querySelector("h2") ?? this.pane).focus({ preventScroll: true });
  }

  fail(error) {
    fill(this.pane, this.bar(), h("p", { class: "wait" }, `This cannot be shown: ${error.message}.`));
  }

  bar() {
    const back = this.model.chosen?.incident && this.model.chosen.from;
    return h("div", { class: "closing" },
      back ? h("button", { type: "button", class: "quiet", data: { does: "back" }, onclick: () => this.actions.onAlert(back) }, "← Back to the alert") : null,
      h("button", { type: "button", class: "quiet close", data: { does: "close" }, "aria-label": "Close the details", onclick: this.actions.onClose }, "×"));
  }

  alertHead(alert) {
    const { measure } = alert;
    return [
      h("h2", { tabindex: -1, data: { does: "title" } }, kindMark(alert.kind), `${kindName(alert.kind)}, ${areaName(alert.area)}`),
      h("p", { class: "tags" }, tags(alert)),
      h("p", { class: "explanation" }, alert.explanation),
      h("dl", { class: "facts" },
        fact(alert.state === "open" ? "Value" : "At the end", amount(measure)),
        measure.threshold !== null ? fact("Threshold", count(measure.threshold)) : null,
        fact("Since", ofDay(alert.since)),
        fact("Certainty", CERTAINTIES[alert.certainty] ?? alert.certainty),
        fact("Sources", alert.origins.join(", ") || "–", "wide")),
    ];
  }

  buttons(alert) {
    if (alert.state !== "open") return null;
    const seen = alert.acknowledged;
    return h("div", { class: "actions" },
      seen ? h("p", { class: "seen" }, `Acknowledged by ${seen.author.replace(/^api:/, "")}, ${ago(seen.at, this.model.now)}${seen.note ? `: ${seen.note}` : ""}`)
        : h("button", { type: "button", class: "strong", data: { does: "acknowledge" }, onclick: () => this.actions.onAcknowledge(alert) }, "Acknowledge"),
      alert.silenced_until ? h("p", { class: "seen" }, `Silenced until ${ofMinute(alert.silenced_until)}`)
        : h("button", { type: "button", data: { does: "silence" }, onclick: () => this.actions.onSilence(alert) }, "Silence…"));
  }

  incidents({ incidents, alert }) {
    const title = alert.state === "retracted" ? "What it was counted from" : plural(incidents.length, "incident");
    return h("section", { "aria-label": "Incidents" }, h("h3", {}, title),
      incidents.length ? null : h("p", { class: "hint" }, "Nothing is left of what it was counted from."),
      incidents.map((incident) => h("article", { class: "incident" },
        h("h4", {}, placeName(incident.place)),
        incidentLine(incident),
        incident.quotes.map(quoteOf),
        incident.reports > incident.quotes.length ? h("button", { type: "button", class: "quiet", onclick: () => this.actions.onIncident(incident.id) }, `All ${count(incident.reports)} stories of it`) : null)));
  }

  incidentHead(incident) {
    const moved = [incident.from && `from ${placeName(incident.from)}`, incident.to && `to ${placeName(incident.to)}`].filter(Boolean).join(" ");
    return [
      h("h2", { tabindex: -1 }, kindMark(incident.kind), `${oneOf(incident.kind)}, ${placeName(incident.place)}`),
      incidentLine(incident),
      h("dl", { class: "facts" },
        moved ? fact("Movement", moved) : null,
        incident.span[0] !== incident.span[1] ? fact("Days", `${ofDay(incident.span[0])} to ${ofDay(incident.span[1])}`) : null,
        incident.actors.length ? fact("Actors", incident.actors.join(", ")) : null,
        incident.weapon && incident.weapon !== "unknown" ? fact("Weapon", capital(incident.weapon)) : null,
        fact("Told by", incident.origins.join(", ") || "–"),
        incident.sources.length ? fact("Citing", incident.sources.join(", ")) : null),
    ];
  }

  small({ alert, recipients }) {
    return h("footer", { class: "hint" },
      `Rule ${alert.rule} · revision ${alert.revision} · id ${alert.id}`, h("br"),
      recipients.length ? `Told to ${recipients.join(", ")}` : "Told to nobody: no subscriber asked for it.");
  }
}

const fact = (name, value, size = null) => h("div", { class: size }, h("dt", {}, name), h("dd", {}, value));

function incidentLine(incident) {
  const told = figures(incident).map(([name, value]) => h("strong", {}, `${value} ${name}`));
  const parts = [incident.day ? ofDay(incident.day) : null, ...told, CERTAINTIES[incident.certainty], plural(incident.origins.length, "independent source")];
  return h("p", { class: "line" }, parts.filter(Boolean).flatMap((part, n) => (n ? [" · ", part] : [part])));
}

function quoteOf(quote) {
  const when = quote.published ? h("time", { datetime: quote.published }, ofMinute(quote.published)) : null;
  const who = quote.credit || quote.feed || "Not credited";
  return h("figure", { class: "quote" },
    h("blockquote", {}, marked(quote)),
    quote.beyond.length ? h("p", { class: "beyond" }, quote.beyond.flatMap(({ what, text }, n) => [n ? " · " : "", `${what}: `, h("mark", { class: what, title: MARKED[what] ?? what }, text)])) : null,
    h("figcaption", {}, quote.url || /^https?:/.test(quote.story) ? link(quote.url ?? quote.story, who, " ↗") : h("span", { title: quote.story }, who), when ? [" · ", when] : null));
}

// The quote with the words that gave a figure or a place marked.
function marked({ text, marks }) {
  const parts = [];
  let at = 0;
  // Offsets count characters as Python does: code points.
  const letters = [...text];
  for (const { start, end, what } of marks) {
    parts.push(letters.slice(at, start).join(""), h("mark", { class: what, title: MARKED[what] ?? what }, letters.slice(start, end).join("")));
    at = end;
  }
  parts.push(letters.slice(at).join(""));
  return parts;
}

function history({ revisions }) {
  return h("section", { "aria-label": "History" }, h("h3", {}, "History"),
    h("ol", { class: "history" }, revisions.toReversed().map((revision) => h("li", { class: revision.transition },
      h("p", { class: "line" }, h("strong", {}, TRANSITIONS[revision.transition] ?? revision.transition), ` · ${capital(revision.severity)} · `, h("time", { datetime: revision.at }, ofMinute(revision.at)), ` · ${revision.reason.replaceAll("_", " ")}`),
      h("p", {}, revision.explanation)))));
}
