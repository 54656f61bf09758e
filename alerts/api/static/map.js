// The map: land, incidents as points, open alerts as discs by severity. What is drawn can be pointed at.

import { byId, fill, h } from "./dom.js";
import { COLOURS, drawAlerts, drawIncidents, drawLand, drawNames, drawPlaces, drawRing, drawTints } from "./layers.js";
import { project } from "./projection.js";
import { View } from "./view.js";
import { decode } from "./world.js";
import { areaName, capital, count, figures, kindName, ofDay, oneOf, placeName, plural, SEVERITIES } from "./words.js";

const NEAR = 6; // times the scale of the world: incidents are what matters; from farther off they are dust
const RINGS = 3000; // milliseconds
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class WorldMap {
  // onAlert(id), onIncident(id): somebody chose one.
  constructor({ onAlert, onIncident }) {
    this.canvas = byId("map");
    this.pen = this.canvas.getContext("2d");
    this.world = null;
    this.alerts = [];
    this.incidents = [];
    this.worst = new Map();
    this.chosen = null;
    this.rings = new Map(); // alert id -> when it ends
    this.discs = [];
    this.dots = [];
    this.colours = {};
    this.ground = document.createElement("canvas"); // the land as it was last drawn, and of what view
    this.groundOf = "";
    this.view = new View(this.canvas, () => this.redraw());
    this.readColours();
    new ResizeObserver(() => this.measure()).observe(this.canvas.parentElement);
    this.measure();
    this.listen(onAlert, onIncident);
  }

  async load() {
    const response = await fetch("/static/world.json");
    this.world = decode(await response.json());
    this.redraw();
  }

  // A canvas takes no custom properties: they are resolved on an element.
  readColours() {
    const probe = byId("legend");
    const style = getComputedStyle(probe);
    for (const name of COLOURS) {
      probe.style.color = `var(--${name})`;
      this.colours[name] = style.color;
    }
    probe.style.color = "";
    this.font = style.fontFamily;
    this.groundOf = "";
    this.redraw();
  }

  show(alerts, incidents) {
    const rank = ({ alert }) => SEVERITIES.indexOf(alert.severity);
    this.incidents = incidents
      .filter(({ place }) => place !== null && place.lat !== null)
      .map((incident) => ({ incident, at: project(incident.place.lon, incident.place.lat) }));
    this.alerts = alerts
      .map((alert) => ({ alert, at: this.placeOf(alert) }))
      .filter(({ at }) => at)
      .sort((a, b) => rank(b) - rank(a));
    this.worst = new Map(this.alerts.map(({ alert }) => [alert.area.country, alert.severity]));
    const countries = plural(new Set(alerts.map(({ area }) => area.country)).size, "country", "countries");
    const words = `${plural(alerts.length, "open alert")} in ${countries}, ${plural(incidents.length, "incident")}`;
    this.canvas.setAttribute("aria-label", `World map: ${words}`);
    this.redraw();
  }

  choose(id) {
    this.chosen = id;
    this.redraw();
  }

  // A new alert rings on the map.
  ring(id) {
    if (calm.matches) return;
    this.rings.set(id, performance.now() + RINGS);
    this.redraw();
  }

  // To an area: its country, or as near as its place is known.
  goTo(country, position) {
    const boxes = this.world?.countries.filter(({ id }) => id === country).map(({ main }) => main) ?? [];
    if (boxes.length) {
      const side = (n, choose) => choose(...boxes.map((box) => box[n]));
      this.view.fit([side(0, Math.min), side(1, Math.min), side(2, Math.max), side(3, Math.max)]);
    } else if (position) {
      const [x, y] = project(position.lon, position.lat);
      this.view.fit([x - 0.05, y - 0.05, x + 0.05, y + 0.05]);
    }
  }

  placeOf(alert) {
    if (alert.position) return project(alert.position.lon, alert.position.lat);
    return this.world?.countries.find(({ id }) => id === alert.area.country)?.label ?? null;
  }

  measure() {
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement;
    if (!width || !height) return;
    this.sharp = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * this.sharp);
    this.canvas.height = Math.round(height * this.sharp);
    this.view.resize(width, height);
  }

  redraw() {
    this.due ??= requestAnimationFrame((now) => {
      this.due = null;
      this.draw(now);
    });
  }

  draw(now) {
    const { pen, view, sharp } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.world) {
      pen.drawImage(this.land(), 0, 0);
      this.toPlane(pen);
      drawTints(this, this.world, this.worst);
    }
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    if (this.world) drawNames(this, this.world);
    const near = view.zoom > NEAR;
    if (!near) this.dots = drawIncidents(this, this.incidents);
    this.discs = drawAlerts(this, this.alerts, this.chosen);
    if (near) {
      this.dots = drawIncidents(this, this.incidents);
      drawPlaces(this, this.dots);
    }
    this.drawRings(now);
  }

  // The land, drawn only when the view has changed: it is most of the work.
  land() {
    const { ground, view } = this;
    const { width, height } = this.canvas;
    const wanted = [view.x, view.y, view.zoom, width, height].join();
    if (wanted === this.groundOf) return ground;
    this.groundOf = wanted;
    Object.assign(ground, { width, height });
    const pen = ground.getContext("2d");
    this.toPlane(pen);
    drawLand({ ...this, pen }, this.world);
    return ground;
  }

  toPlane(pen) {
    const scale = this.view.scale * this.sharp;
    const [x, y] = this.view.toScreen([0, 0]);
    pen.setTransform(scale, 0, 0, scale, x * this.sharp, y * this.sharp);
  }

  drawRings(now) {
    for (const [id, end] of this.rings) {
      const mark = this.discs.find(({ alert }) => alert.id === id);
      if (now > end || !mark) this.rings.delete(id);
      else drawRing(this, mark, end - now);
    }
    if (this.rings.size) this.redraw();
  }

  // The mark at a point of the screen, the uppermost; alerts before incidents.
  at(x, y) {
    const inside = (mark) => Math.hypot(mark.x - x, mark.y - y) <= mark.radius + 2;
    return this.discs.findLast(inside) ?? this.dots.findLast(inside) ?? null;
  }

  listen(onAlert, onIncident) {
    const { canvas, view } = this;
    const tip = byId("tip");
    let pressed = [0, 0];
    canvas.addEventListener("pointerdown", (event) => {
      pressed = [event.offsetX, event.offsetY];
    });
    canvas.addEventListener("pointermove", (event) => {
      const mark = event.buttons ? null : this.at(event.offsetX, event.offsetY);
      canvas.classList.toggle("over", mark !== null);
      tip.hidden = mark === null;
      if (mark) placed(fill(tip, words(mark)), event.offsetX, event.offsetY, view);
    });
    canvas.addEventListener("pointerleave", () => {
      tip.hidden = true;
    });
    canvas.addEventListener("click", (event) => {
      if (Math.hypot(event.offsetX - pressed[0], event.offsetY - pressed[1]) > 5) return;
      const mark = this.at(event.offsetX, event.offsetY);
      if (mark?.alert) onAlert(mark.alert.id);
      else if (mark) onIncident(mark.incident.id);
    });
    byId("zoom-in").addEventListener("click", () => view.zoomBy(1.6));
    byId("zoom-out").addEventListener("click", () => view.zoomBy(1 / 1.6));
    byId("zoom-world").addEventListener("click", () => view.world());
  }
}

function words({ alert, incident }) {
  if (alert) {
    const title = `${capital(alert.severity)}: ${kindName(alert.kind)}, ${areaName(alert.area)}`;
    return [h("strong", {}, title), h("span", {}, alert.explanation)];
  }
  const told = figures(incident).map(([name, value]) => `${value} ${name}`);
  const title = `${oneOf(incident.kind)}, ${placeName(incident.place)}`;
  return [h("strong", {}, title), h("span", {}, [ofDay(incident.day), ...told].join(" · "))];
}

function placed(tip, x, y, view) {
  const { offsetWidth: width, offsetHeight: height } = tip;
  tip.style.left = `${Math.max(4, Math.min(view.width - width - 4, x + 14))}px`;
  tip.style.top = `${y + height + 24 < view.height ? y + 16 : Math.max(4, y - height - 12)}px`;
}

export function legend(list) {
  const row = (mark, name) => h("li", {}, h("i", { class: `disc ${mark}`, "aria-hidden": "true" }), name);
  fill(list, ...SEVERITIES.toReversed().map((name) => row(name, capital(name))), row("dot", "Incident"));
}
