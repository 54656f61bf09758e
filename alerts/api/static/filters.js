// The filters: five selects, filled with what there is. They are kept in the page's address, and so is the alert that is
// looked at: a view can be sent to somebody, and the way back leads from an alert to the list.

import { byId, fill, h } from "./dom.js";
import { HOURS } from "./model.js";
import { areaName, capital, countryName, kindName, SEVERITIES } from "./words.js";

const FIELDS = ["state", "kind", "area", "severity", "time"];

export class Filters {
  constructor(model, onChange) {
    this.model = model;
    this.form = byId("filters");
    this.form.addEventListener("change", () => {
      for (const name of FIELDS) model.filters[name] = this.form.elements[name].value;
      this.write();
      onChange();
    });
    this.form.addEventListener("reset", (event) => {
      event.preventDefault();
      Object.assign(model.filters, { state: "open", kind: "", area: "", severity: "", time: "" });
      this.refresh();
      this.write();
      onChange();
    });
    this.form.addEventListener("submit", (event) => event.preventDefault());
  }

  // The filters of the address; the alert it names, if any.
  read() {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const name of FIELDS) this.model.filters[name] = given.get(name) ?? (name === "state" ? "open" : "");
    return given.get("alert");
  }

  // `step`: a new entry of the history, which the way back undoes.
  write({ step = false } = {}) {
    const given = new URLSearchParams();
    for (const name of FIELDS) {
      const value = this.model.filters[name];
      if (value && !(name === "state" && value === "open")) given.set(name, value);
    }
    this.form.querySelector("button").hidden = given.size === 0;
    const chosen = this.model.chosen?.alert ?? this.model.chosen?.from;
    if (chosen) given.set("alert", chosen);
    const address = given.size ? `#${given}` : location.pathname + location.search;
    if (step) history.pushState({ stepped: true }, "", address);
    else history.replaceState(history.state, "", address);
  }

  set(name, value) {
    this.model.filters[name] = this.model.filters[name] === value ? "" : value;
    this.refresh();
    this.form.dispatchEvent(new Event("change"));
  }

  // Choices are made of what there is; one that is chosen stays, also when nothing is left of it.
  refresh() {
    const { alerts, filters } = this.model;
    const all = [...alerts.values()];
    const kinds = new Set(all.map((alert) => alert.kind));
    const areas = new Map(
      all.filter((alert) => alert.area.country).map((alert) => [alert.area.country, countryName(alert.area.country)]),
    );
    for (const { area } of all) if (area.level === "admin1") areas.set(area.key, areaName(area));
    if (filters.kind) kinds.add(filters.kind);
    if (filters.area && !areas.has(filters.area)) areas.set(filters.area, filters.area);
    this.choices("state", [
      ["open", "Open"],
      ["ended", "Ended"],
      ["all", "All"],
    ]);
    this.choices("kind", [["", "All kinds"], ...[...kinds].sort().map((kind) => [kind, kindName(kind)])]);
    this.choices("area", [["", "Everywhere"], ...[...areas].sort((a, b) => a[1].localeCompare(b[1]))]);
    this.choices("severity", [
      ["", "Any"],
      ...SEVERITIES.map((name) => [name, name === "extreme" ? "Extreme" : `${capital(name)} or more`]),
    ]);
    this.choices("time", [["", "Any time"], ...Object.entries(HOURS)]);
  }

  choices(name, pairs) {
    const select = this.form.elements[name];
    const made = JSON.stringify(pairs);
    if (select.dataset.made !== made) {
      fill(
        select,
        pairs.map(([value, text]) => h("option", { value }, text)),
      );
      select.dataset.made = made;
    }
    select.value = this.model.filters[name];
  }
}
