// What stands behind an alert or an incident: the trend, the incidents, every quote with its words marked, the history.

import { get } from "./api.js";
import { chart } from "./chart.js";
import { button, byId, fill, h, p } from "./dom.js";
import { fact, parted, quotation, summary } from "./evidence.js";
import { tags } from "./list.js";
import { kindMark } from "./marks.js";
import * as words from "./words.js";

export class Detail {
  // actions: {onClose, onAcknowledge(alert), onSilence(alert), onIncident(id), onAlert(id)}
  constructor(model, actions) {
    this.model = model;
    this.actions = actions;
    this.pane = byId("detail");
    this.shown = null; // id of what is shown
    this.asked = 0; // grows with every question: an answer to an older one is not shown
    this.pane.addEventListener("keydown", (event) => {
      if (event.key === "Escape") actions.onClose();
    });
  }

  hide() {
    this.asked++;
    this.shown = null;
    this.pane.hidden = true;
    fill(this.pane);
  }

  async showAlert(id) {
    const asked = ++this.asked;
    const known = this.model.alerts.get(id);
    if (this.shown !== id) this.open(id, known ? this.alertHead(known) : []);
    const path = `/v1/alerts/${encodeURIComponent(id)}`;
    const [detail, series] = await Promise.all([get(path), get(`${path}/series`)]);
    if (asked === this.asked) this.keep(() => fill(this.pane, this.bar(), this.alert(detail, series)));
  }

  async showIncident(id) {
    const asked = ++this.asked;
    this.open(id, []);
    const { incident, quotes } = await get(`/v1/incidents/${encodeURIComponent(id)}`);
    if (asked === this.asked) this.keep(() => fill(this.pane, this.bar(), this.incident(incident, quotes)));
  }

  fail(error) {
    fill(this.pane, this.bar(), p("wait", `This cannot be shown: ${error.message}.`));
  }

  // Shown at once, with what is known already; the reader's focus goes there.
  open(id, head) {
    this.shown = id;
    this.pane.hidden = false;
    fill(this.pane, this.bar(), head, p("wait", "Reading…"));
    this.pane.scrollTop = 0;
    (this.pane.querySelector("h2") ?? this.pane).focus({ preventScroll: true });
  }

  // Make the pane anew, with scroll and focus where they were.
  keep(make) {
    const { scrollTop } = this.pane;
    const held = this.pane.contains(document.activeElement);
    const does = document.activeElement?.dataset.does ?? "title";
    make();
    this.pane.scrollTop = scrollTop;
    const found = this.pane.querySelector(`[data-does="${CSS.escape(does)}"]`) ?? this.pane.querySelector("h2");
    if (held) found.focus({ preventScroll: true });
  }

  bar() {
    const { onAlert, onClose } = this.actions;
    const from = this.model.chosen?.incident ? this.model.chosen.from : null;
    return h(
      "div",
      { class: "closing" },
      from ? button("← Back to the alert", () => onAlert(from), { does: "back", kind: "quiet" }) : null,
      button("×", onClose, { does: "close", kind: "quiet close", label: "Close the details" }),
    );
  }

  // an alert

  alert(detail, series) {
    const { alert } = detail;
    const told = detail.recipients.join(", ");
    return [
      this.alertHead(alert),
      alert.state === "open" ? this.buttons(alert) : null,
      chart(series),
      this.incidents(detail),
      history(detail.revisions),
      h(
        "footer",
        { class: "hint" },
        p(null, `Rule ${alert.rule} · revision ${alert.revision} · id ${alert.id}`),
        p(null, told ? `Told to ${told}` : "Told to nobody: no subscriber asked for it."),
      ),
    ];
  }

  alertHead(alert) {
    const { measure, origins } = alert;
    return [
      title(alert.kind, `${words.kindName(alert.kind)}, ${words.areaName(alert.area)}`),
      p("tags", tags(alert)),
      p("explanation", alert.explanation),
      h(
        "dl",
        { class: "facts" },
        fact(alert.state === "open" ? "Value" : "At the end", words.amount(measure)),
        measure.threshold === null ? null : fact("Threshold", words.count(measure.threshold)),
        fact("Since", words.ofDay(alert.since)),
        fact("Certainty", words.CERTAINTIES[alert.certainty]),
        fact("Sources", origins.join(", ") || "–", "wide"),
      ),
    ];
  }

  buttons(alert) {
    const { onAcknowledge, onSilence } = this.actions;
    const { acknowledged: seen, silenced_until: until } = alert;
    return h(
      "div",
      { class: "actions" },
      seen ? null : button("Acknowledge", () => onAcknowledge(alert), { does: "acknowledge", kind: "strong" }),
      until ? null : button("Silence…", () => onSilence(alert), { does: "silence" }),
      seen ? p("seen", `Acknowledged by ${words.author(seen)}, ${words.ago(seen.at, this.model.now)}`) : null,
      seen?.note ? p("seen", `“${seen.note}”`) : null,
      until ? p("seen", `Silenced until ${words.ofMinute(until)}`) : null,
    );
  }

  incidents({ alert, incidents }) {
    const title = alert.state === "retracted" ? "What it was counted from" : words.plural(incidents.length, "incident");
    const parts = incidents.map((incident) =>
      h(
        "article",
        { class: "incident" },
        h("h4", {}, words.placeName(incident.place)),
        summary(incident),
        incident.quotes.map(quotation),
        incident.reports > incident.quotes.length ? this.more(incident) : null,
      ),
    );
    const nothing = p("hint", "Nothing is left of what it was counted from.");
    return h("section", { "aria-label": "Incidents" }, h("h3", {}, title), parts.length ? parts : nothing);
  }

  more(incident) {
    const { onIncident } = this.actions;
    return button(`All ${words.count(incident.reports)} stories of it`, () => onIncident(incident.id), {
      kind: "quiet",
    });
  }

  // an incident

  incident(incident, quotes) {
    const ends = [
      incident.from && `from ${words.placeName(incident.from)}`,
      incident.to && `to ${words.placeName(incident.to)}`,
    ];
    const [first, last] = incident.span.map(words.ofDay);
    const weapon = incident.weapon === "unknown" ? null : incident.weapon;
    const facts = [
      ["Movement", ends.filter(Boolean).join(" ")],
      ["Days", first === last ? "" : `${first} to ${last}`],
      ["Actors", incident.actors.join(", ")],
      ["Weapon", weapon && words.capital(weapon)],
      ["Told by", incident.origins.join(", ")],
      ["Citing", incident.sources.join(", ")],
    ];
    return [
      title(incident.kind, `${words.oneOf(incident.kind)}, ${words.placeName(incident.place)}`),
      summary(incident),
      h(
        "dl",
        { class: "facts" },
        facts.filter(([, value]) => value).map(([name, value]) => fact(name, value)),
      ),
      h(
        "section",
        { "aria-label": "Quotes" },
        h("h3", {}, words.plural(quotes.length, "quote")),
        quotes.map(quotation),
      ),
    ];
  }
}

const title = (kind, text) => h("h2", { tabindex: -1, data: { does: "title" } }, kindMark(kind), text);

function history(revisions) {
  const steps = revisions.toReversed().map((revision) => {
    const step = h("strong", {}, words.TRANSITIONS[revision.transition]);
    const when = h("time", { datetime: revision.at }, words.ofMinute(revision.at));
    const line = parted([step, words.capital(revision.severity), when, revision.reason.replaceAll("_", " ")]);
    return h("li", { class: revision.transition }, p("line", ...line), p(null, revision.explanation));
  });
  return h("section", { "aria-label": "History" }, h("h3", {}, "History"), h("ol", { class: "history" }, steps));
}
