// The outlines of the countries, projected once, as paths that a canvas draws at any scale.

import { project, rim } from "./projection.js";

// world.json as bench/world_outlines.py writes it → {rim, countries: [{id, name, path, box, label}], borders}
export function decode(world) {
  const arcs = world.arcs.map((flat) => lineOf(flat, world.step));
  const countries = world.countries.map((country) => shapeOf(country, arcs));
  return { rim: pathOf([rim()]), countries, borders: bordersOf(world.countries, arcs) };
}

function lineOf(flat, step) {
  const points = [];
  let x = 0,
    y = 0;
  for (let i = 0; i < flat.length; i += 2) {
    x += flat[i];
    y += flat[i + 1];
    points.push(project(x * step, y * step));
  }
  return points;
}

function shapeOf(country, arcs) {
  const rings = country.polygons.flat().map((ring) => ring.flatMap((index) => along(index, arcs)));
  const main = boxOf([rings[0]]);
  return { id: country.id, name: country.name, path: pathOf(rings), box: boxOf(rings), main, label: middle(rings[0]) };
}

// The points of an arc; ~index is the arc backwards.
const along = (index, arcs) => (index >= 0 ? arcs[index] : [...arcs[~index]].reverse());

function pathOf(rings) {
  const path = new Path2D();
  for (const ring of rings) {
    ring.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
    path.closePath();
  }
  return path;
}

// Lines that two countries share are drawn once, and finer than a coast.
function bordersOf(countries, arcs) {
  const uses = new Map();
  for (const index of countries.flatMap((country) => country.polygons.flat(2))) {
    const arc = index >= 0 ? index : ~index;
    uses.set(arc, (uses.get(arc) ?? 0) + 1);
  }
  const path = new Path2D();
  for (const [arc, times] of uses) {
    if (times > 1) arcs[arc].forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
  }
  return path;
}

export function boxOf(rings) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of rings.flat()) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

// Centre of gravity of a ring, by the shoelace formula.
function middle(ring) {
  let area = 0,
    cx = 0,
    cy = 0;
  ring.forEach(([x, y], i) => {
    const [nx, ny] = ring[(i + 1) % ring.length];
    const cross = x * ny - nx * y;
    area += cross;
    cx += (x + nx) * cross;
    cy += (y + ny) * cross;
  });
  return area ? [cx / (3 * area), cy / (3 * area)] : ring[0];
}
