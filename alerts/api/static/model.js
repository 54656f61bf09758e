// What the board knows: alerts by id, incidents, feeds, and the filters. No element in here.

import { SEVERITIES } from "./words.js";

export const HOURS = { 24: "Last 24 hours", 168: "Last 7 days", 720: "Last 30 days" };
const RECENT_DAYS = 30;

export class Model {
  constructor() {
    this.alerts = new Map();
    this.incidents = [];
    this.sequence = 0;
    this.clock = null;
    this.filters = { state: "open", kind: "", area: "", severity: "", time: "" };
    this.chosen = null; // {alert: id} | {incident: id}
  }

  // The engine's time, in milliseconds: a back-test plays in the past. It moves by ticks; between them by the wall clock.
  get now() {
    if (this.clock === null) return Date.now();
    return this.clock + Math.min(Date.now() - this.heard, 60_000);
  }

  hear(clock) {
    if (!clock) return;
    const moment = Date.parse(clock);
    if (this.clock !== null && moment <= this.clock) return;
    this.clock = moment;
    this.heard = Date.now();
  }

  // Is this alert to be listed?
  shows(alert) {
    const { state } = this.filters;
    return (state === "all" || (state === "open") === (alert.state === "open")) && this.matches(alert);
  }

  // By kind, area, severity and time, whatever its state.
  matches(alert) {
    const { kind, area, severity, time } = this.filters;
    if (kind && alert.kind !== kind) return false;
    if (area && alert.area.country !== area && alert.area.key !== area) return false;
    if (severity && SEVERITIES.indexOf(alert.severity) > SEVERITIES.indexOf(severity)) return false;
    return !time || this.now - Date.parse(alert.at) <= Number(time) * 3_600_000;
  }

  // Incidents follow the filters that mean something for them.
  showsIncident(incident) {
    const { kind, area, time } = this.filters;
    if (kind && incident.kind !== kind) return false;
    if (area && incident.place?.country !== area.split("/")[0]) return false;
    const days = time ? Number(time) / 24 : RECENT_DAYS;
    return this.now - Date.parse(`${incident.day}T00:00:00Z`) <= (days + 1) * 86_400_000;
  }

  get listed() {
    return [...this.alerts.values()].filter((alert) => this.shows(alert)).sort(newestFirst);
  }
  get open() {
    return [...this.alerts.values()].filter((alert) => alert.state === "open");
  }
  get onMap() {
    return this.open.filter((alert) => this.matches(alert));
  }
  get incidentsOnMap() {
    return this.incidents.filter((incident) => this.showsIncident(incident));
  }
}

export function newestFirst(a, b) {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1;
  return b.engine_sequence - a.engine_sequence || (a.id < b.id ? -1 : 1);
}
