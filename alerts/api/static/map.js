// The map: land, incidents as points, open alerts as discs by severity. What is drawn can be pointed at.

import { byId, fill, h } from "./dom.js";
import { project } from "./projection.js";
import { View } from "./view.js";
import { decode } from "./world.js";
import { areaName, capital, count, figures, kindName, ofDay, oneOf, placeName, SEVERITIES } from "./words.js";

const NEAR = 6; // times the scale of the world
const RADII = { warning: 7, severe: 10, extreme: 14 };
const COLOURS = ["sea", "land", "border", "coast", "point", "label", "ink", "halo", ...SEVERITIES];
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class WorldMap {
  // onAlert(id), onIncident(id): somebody chose one.
  constructor({ onAlert, onIncident }) {
    this.canvas = byId("map");
    this.pen = this.canvas.getContext("2d");
    this.world = null;
    this.alerts = [];
    this.incidents = [];
    this.chosen = null;
    this.worst = new Map();
    this.pulses = new Map();
    this.view = new View(this.canvas, () => this.redraw());
    this.colours = {};
    this.readColours();
    new ResizeObserver(() => this.measure()).observe(this.canvas.parentElement);
    this.measure();
    this.point({ onAlert, onIncident });
    byId("zoom-in").onclick = () => this.view.zoomBy(1.6);
    byId("zoom-out").onclick = () => this.view.zoomBy(1 / 1.6);
    byId("zoom-world").onclick = () => this.view.world();
  }

  async load() {
    const response = await fetch("/static/world.json");
    this.world = decode(await response.json());
    this.redraw();
  }

  readColours() {
    const probe = byId("legend");
    const style = getComputedStyle(probe);
    for (const name of COLOURS) {
      probe.style.color = `var(--${name})`;
      this.colours[name] = style.color;
    }
    probe.style.color = "";
    this.font = style.fontFamily;
    this.redraw();
  }

  show(alerts, incidents) {
    this.incidents = incidents.filter((incident) => incident.place?.lat !== null && incident.place?.lat !== undefined)
      .map((incident) => ({ incident, at: project(incident.place.lon, incident.place.lat) }));
    this.alerts = alerts.map((alert) => ({ alert, at: this.placeOf(alert) })).filter(({ at }) => at)
      .sort((a, b) => SEVERITIES.indexOf(b.alert.severity) - SEVERITIES.indexOf(a.alert.severity));
    this.worst = new Map(this.alerts.map(({ alert }) => [alert.area.country, alert.severity]));
    const countries = new Set(alerts.map((alert) => alert.area.country)).size;
    this.canvas.setAttribute("aria-label", `World map: ${count(alerts.length)} open alerts in ${count(countries)} countries, ${count(incidents.length)} incidents`);
    this.redraw();
  }

  choose(id) {
    this.chosen = id;
    this.redraw();
  }

  // A new alert rings on the map for three seconds.
  ring(id) {
    if (calm.matches) return;
    this.pulses.set(id, performance.now() + 3000);
    this.redraw();
  }

  // To an area: its country, or as near as its place is known.
  goTo(country, position) {
    const shapes = this.world?.countries.filter((shape) => shape.id === country) ?? [];
    if (shapes.length) {
      const boxes = shapes.map((shape) => shape.main);
      const corners = boxes.flatMap((box) => [[box[0], box[1]], [box[2], box[3]]]);
      const xs = corners.map(([x]) => x), ys = corners.map(([, y]) => y);
      this.view.fit([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]);
    } else if (position) {
      const [x, y] = project(position.lon, position.lat);
      this.view.fit([x - 0.05, y - 0.05, x + 0.05, y + 0.05]);
    }
  }

  placeOf(alert) {
    if (alert.position) return project(alert.position.lon, alert.position.lat);
    return this.world?.countries.find((shape) => shape.id === alert.area.country)?.label ?? null;
  }

  measure() {
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement;
    if (!width || !height) return;
    const sharp = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * sharp);
    this.canvas.height = Math.round(height * sharp);
    this.sharp = sharp;
    this.view.resize(width, height);
  }

  redraw() {
    if (this.due) return;
    this.due = requestAnimationFrame((now) => { this.due = 0; this.draw(now); });
  }

  draw(now) {
    const { pen, view, colours, world } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (world) {
      const k = view.scale * this.sharp;
      const origin = [(view.width / 2) * this.sharp - view.x * k, (view.height / 2) * this.sharp - view.y * k];
      pen.setTransform(k, 0, 0, k, ...origin);
      pen.fillStyle = colours.sea;
      pen.fill(world.rim);
      pen.fillStyle = colours.land;
      pen.strokeStyle = colours.coast;
      pen.lineWidth = 0.6 / view.scale;
      pen.lineJoin = "round";
      for (const shape of world.countries) {
        if (!this.isSeen(shape.box)) continue;
        pen.fill(shape.path, "evenodd");
        this.tint(shape);
        pen.stroke(shape.path);
      }
      pen.strokeStyle = colours.border;
      pen.lineWidth = 0.8 / view.scale;
      pen.stroke(world.borders);
    }
    pen.setTransform(this.sharp, 0, 0, this.sharp, 0, 0);
    if (world) this.drawNames();
    // From near the incidents are what matters; from afar they are dust.
    if (view.zoom > NEAR) { this.drawAlerts(now); this.drawIncidents(); this.drawPlaces(); } else { this.drawIncidents(); this.drawAlerts(now); }
  }

  // A country with open alerts has a breath of the worst one's colour.
  tint(shape) {
    const severity = this.worst.get(shape.id);
    if (!severity) return;
    this.pen.globalAlpha = 0.1;
    this.pen.fillStyle = this.colours[severity];
    this.pen.fill(shape.path, "evenodd");
    this.pen.globalAlpha = 1;
    this.pen.fillStyle = this.colours.land;
  }

  isSeen([x0, y0, x1, y1]) {
    const [left, top] = this.view.toPlane([0, 0]), [right, bottom] = this.view.toPlane([this.view.width, this.view.height]);
    return x1 >= left && x0 <= right && y1 >= top && y0 <= bottom;
  }

  // Countries that are wide enough on the screen for their name.
  drawNames() {
    const { pen, view, colours } = this;
    if (view.zoom < 1.8) return;
    pen.font = `500 11px ${this.font}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineWidth = 3;
    pen.lineJoin = "round";
    for (const { main, label, name } of this.world.countries) {
      const width = (main[2] - main[0]) * view.scale;
      if (width < 40 || !this.isSeen(main) || pen.measureText(name).width > width) continue;
      const [x, y] = view.toScreen(label);
      pen.strokeStyle = colours.land;
      pen.fillStyle = colours.label;
      pen.strokeText(name, x, y);
      pen.fillText(name, x, y);
    }
  }

  drawIncidents() {
    const { pen, view, colours } = this;
    const radius = Math.min(4, 1.8 + view.zoom * 0.14);
    pen.fillStyle = colours.point;
    pen.strokeStyle = colours.land;
    pen.lineWidth = 0.8;
    this.dots = [];
    for (const { incident, at } of this.incidents) {
      const [x, y] = view.toScreen(at);
      if (x < -9 || y < -9 || x > view.width + 9 || y > view.height + 9) continue;
      pen.globalAlpha = incident.certainty === "possible" ? 0.45 : 0.9;
      pen.beginPath();
      pen.arc(x, y, radius, 0, 7);
      pen.fill();
      pen.stroke();
      this.dots.push({ x, y, radius: radius + 4, incident });
    }
    pen.globalAlpha = 1;
  }

  // Names of the places of incidents, as many as do not lie over each other.
  drawPlaces() {
    const { pen, colours } = this;
    pen.font = `11px ${this.font}`;
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.lineWidth = 3;
    pen.strokeStyle = colours.land;
    pen.fillStyle = colours.ink;
    const taken = [];
    for (const { x, y, radius, incident } of this.dots) {
      const { name } = incident.place;
      const box = [x + radius, y - 7, x + radius + pen.measureText(name).width, y + 7];
      if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
      taken.push(box);
      pen.strokeText(name, x + radius, y);
      pen.fillText(name, x + radius, y);
    }
  }

  drawAlerts(now) {
    const { pen, view, colours } = this;
    const size = Math.min(1, Math.max(0.45, Math.sqrt((60 / this.alerts.length) * view.zoom))) * Math.min(1, Math.max(0.65, view.width / 800)); // a crowd is drawn smaller
    this.discs = spread(this.alerts.map(({ alert, at }) => ({ alert, at: view.toScreen(at) })), size);
    for (const disc of this.discs) {
      const { alert, x, y, radius } = disc;
      if (x < -40 || y < -40 || x > view.width + 40 || y > view.height + 40) continue;
      this.pulse(alert.id, x, y, radius, now);
      pen.globalAlpha = alert.acknowledged || alert.silenced_until ? 0.5 : 0.88;
      pen.fillStyle = colours[alert.severity];
      pen.beginPath();
      pen.arc(x, y, radius, 0, 7);
      pen.fill();
      pen.globalAlpha = 1;
      pen.lineWidth = alert.id === this.chosen ? 3 : 1.5;
      pen.strokeStyle = alert.id === this.chosen ? colours.ink : colours.halo;
      pen.stroke();
    }
  }

  pulse(id, x, y, radius, now) {
    const end = this.pulses.get(id);
    if (end === undefined) return;
    if (now > end) { this.pulses.delete(id); return; }
    const phase = ((end - now) % 1000) / 1000;
    this.pen.globalAlpha = phase;
    this.pen.strokeStyle = this.colours.extreme;
    this.pen.lineWidth = 2;
    this.pen.beginPath();
    this.pen.arc(x, y, radius + (1 - phase) * 22, 0, 7);
    this.pen.stroke();
    this.pen.globalAlpha = 1;
    this.redraw();
  }

  at(x, y) {
    const inside = (mark) => Math.hypot(mark.x - x, mark.y - y) <= mark.radius + 2;
    return (this.discs ?? []).findLast(inside) ?? (this.dots ?? []).findLast(inside) ?? null;
  }

  point({ onAlert, onIncident }) {
    const tip = byId("tip");
    let pressed = null;
    this.canvas.addEventListener("pointerdown", (event) => { pressed = [event.offsetX, event.offsetY]; });
    this.canvas.addEventListener("pointermove", (event) => {
      const mark = event.buttons ? null : this.at(event.offsetX, event.offsetY);
      this.canvas.classList.toggle("over", mark !== null);
      tip.hidden = mark === null;
      if (mark) place(fill(tip, ...words(mark)), event.offsetX, event.offsetY, this.view);
    });
    this.canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
    this.canvas.addEventListener("click", (event) => {
      if (pressed && Math.hypot(event.offsetX - pressed[0], event.offsetY - pressed[1]) > 5) return;
      const mark = this.at(event.offsetX, event.offsetY);
      if (mark?.alert) onAlert(mark.alert.id);
      else if (mark?.incident) onIncident(mark.incident.id);
    });
  }
}

// Alerts of one place stand beside each other, so that none hides another.
function spread(marks, size) {
  const places = new Map();
  for (const mark of marks) {
    const key = mark.at.map(Math.round).join();
    places.set(key, [...(places.get(key) ?? []), mark]);
  }
  const discs = [];
  for (const group of places.values()) {
    const reach = group.length === 1 ? 0 : Math.max(10, group.length * 3.2) * size;
    group.forEach(({ alert, at: [x, y] }, n) => {
      const turn = (2 * Math.PI * n) / group.length - Math.PI / 2;
      discs.push({ alert, x: x + reach * Math.cos(turn), y: y + reach * Math.sin(turn), radius: (RADII[alert.severity] ?? 7) * size });
    });
  }
  return discs;
}

function words({ alert, incident }) {
  if (alert) return [h("strong", {}, `${capital(alert.severity)}: ${kindName(alert.kind)}, ${areaName(alert.area)}`), h("span", {}, alert.explanation)];
  const told = figures(incident).map(([name, value]) => `${value} ${name}`).join(", ");
  return [h("strong", {}, `${oneOf(incident.kind)}, ${placeName(incident.place)}`), h("span", {}, [ofDay(incident.day), told].filter(Boolean).join(" · "))];
}

function place(tip, x, y, view) {
  const width = tip.offsetWidth, height = tip.offsetHeight;
  tip.style.left = `${Math.max(4, Math.min(view.width - width - 4, x + 14))}px`;
  tip.style.top = `${y + height + 24 < view.height ? y + 16 : Math.max(4, y - height - 12)}px`;
}

export function legend(list) {
  fill(list, SEVERITIES.toReversed().map((severity) => h("li", {}, h("i", { class: `disc ${severity}`, "aria-hidden": "true" }), capital(severity))),
    h("li", {}, h("i", { class: "disc dot", "aria-hidden": "true" }), "Incident"));
}
