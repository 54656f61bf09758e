// What the map draws, one layer over the other. `scene`: {pen, view, colours, font}. Marks that can be pointed at are returned.

import { SEVERITIES } from "./words.js";

const RADII = { warning: 7, severe: 10, extreme: 14 };
const AROUND = 7; // more than a turn, in radians
const TINT = 0.1;

export const COLOURS = ["sea", "land", "border", "coast", "point", "label", "ink", "halo", ...SEVERITIES];

// In the plane's own units, to which `pen` is set.
export function drawLand({ pen, view, colours }, world) {
  pen.fillStyle = colours.sea;
  pen.fill(world.rim);
  pen.fillStyle = colours.land;
  pen.strokeStyle = colours.coast;
  pen.lineWidth = 0.6 / view.scale;
  pen.lineJoin = "round";
  for (const shape of world.countries) {
    if (!view.sees(shape.box)) continue;
    pen.fill(shape.path, "evenodd");
    pen.stroke(shape.path);
  }
  pen.strokeStyle = colours.border;
  pen.lineWidth = 0.8 / view.scale;
  pen.stroke(world.borders);
}

// A country with open alerts has a breath of the worst one's colour. `worst`: country -> severity.
export function drawTints({ pen, view, colours }, world, worst) {
  pen.globalAlpha = TINT;
  for (const shape of world.countries) {
    if (!worst.has(shape.id) || !view.sees(shape.box)) continue;
    pen.fillStyle = colours[worst.get(shape.id)];
    pen.fill(shape.path, "evenodd");
  }
  pen.globalAlpha = 1;
}

// Names of the countries that are wide enough on the screen for theirs.
export function drawNames({ pen, view, colours, font }, world) {
  if (view.zoom < 1.8) return;
  pen.font = `500 11px ${font}`;
  pen.textAlign = "center";
  pen.fillStyle = colours.label;
  for (const { main, label, name } of world.countries) {
    const width = (main[2] - main[0]) * view.scale;
    if (width < 40 || !view.sees(main) || pen.measureText(name).width > width) continue;
    written(pen, colours.land, name, ...view.toScreen(label));
  }
}

// Incidents: [{incident, at}] → [{incident, x, y, radius}]
export function drawIncidents({ pen, view, colours }, incidents) {
  const radius = Math.min(4, 1.8 + view.zoom * 0.14);
  const marks = incidents.map(({ incident, at }) => ({ incident, ...named(view.toScreen(at)), radius: radius + 4 }));
  const seen = marks.filter(({ x, y }) => x > -9 && y > -9 && x < view.width + 9 && y < view.height + 9);
  pen.fillStyle = colours.point;
  pen.strokeStyle = colours.land;
  pen.lineWidth = 0.8;
  for (const { incident, x, y } of seen) {
    pen.globalAlpha = incident.certainty === "possible" ? 0.45 : 0.9;
    disc(pen, x, y, radius);
  }
  pen.globalAlpha = 1;
  return seen;
}

// Names of the places of incidents, as many as do not lie over each other.
export function drawPlaces({ pen, colours, font }, marks) {
  pen.font = `11px ${font}`;
  pen.textAlign = "left";
  pen.fillStyle = colours.ink;
  const taken = [];
  for (const { x, y, radius, incident } of marks) {
    const { name } = incident.place;
    const box = [x + radius, y - 7, x + radius + pen.measureText(name).width, y + 7];
    if (taken.some((other) => overlap(box, other))) continue;
    taken.push(box);
    written(pen, colours.land, name, x + radius, y);
  }
}

// Alerts: [{alert, at}], the worst last → [{alert, x, y, radius}]
export function drawAlerts({ pen, view, colours }, alerts, chosen) {
  const marks = spread(alerts, view);
  for (const { alert, x, y, radius } of marks) {
    pen.globalAlpha = alert.acknowledged || alert.silenced_until ? 0.5 : 0.88;
    pen.fillStyle = colours[alert.severity];
    pen.strokeStyle = alert.id === chosen ? colours.ink : colours.halo;
    pen.lineWidth = alert.id === chosen ? 3 : 1.5;
    disc(pen, x, y, radius);
  }
  pen.globalAlpha = 1;
  return marks;
}

// A ring that grows and fades, once a second, around what is new. `left`: milliseconds that it still has.
export function drawRing({ pen, colours }, { x, y, radius }, left) {
  const phase = (left % 1000) / 1000;
  pen.globalAlpha = phase;
  pen.strokeStyle = colours.extreme;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(x, y, radius + (1 - phase) * 22, 0, AROUND);
  pen.stroke();
  pen.globalAlpha = 1;
}

// Alerts of one place stand beside each other, so that none hides another; a crowd, or a small map, has smaller ones.
function spread(alerts, view) {
  const crowd = Math.sqrt((60 / Math.max(1, alerts.length)) * view.zoom);
  const size = within(0.45, crowd, 1) * within(0.65, view.width / 800, 1);
  const places = Map.groupBy(alerts, ({ at }) => view.toScreen(at).map(Math.round).join());
  return [...places.values()].flatMap((group) => {
    const reach = group.length === 1 ? 0 : Math.max(10, group.length * 3.2) * size;
    return group.map(({ alert, at }, n) => {
      const turn = (2 * Math.PI * n) / group.length - Math.PI / 2;
      const { x, y } = named(view.toScreen(at));
      const radius = (RADII[alert.severity] ?? RADII.warning) * size;
      return { alert, x: x + reach * Math.cos(turn), y: y + reach * Math.sin(turn), radius };
    });
  });
}

function disc(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, AROUND);
  pen.fill();
  pen.stroke();
}

// A word with a ground of its own around the letters.
function written(pen, ground, words, x, y) {
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  pen.strokeStyle = ground;
  pen.strokeText(words, x, y);
  pen.fillText(words, x, y);
}

const named = ([x, y]) => ({ x, y });
const within = (least, value, most) => Math.min(most, Math.max(least, value));
const overlap = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
