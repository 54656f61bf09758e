// The part of the map that is seen: a centre on the projected plane and a scale; dragging, wheel, pinch and keys change it.

import { BOUNDS } from "./projection.js";

const MOST = 60; // times the scale at which the world fits
const WIDTH = BOUNDS[2] - BOUNDS[0];
const HEIGHT = BOUNDS[3] - BOUNDS[1];
const MIDDLE = (BOUNDS[1] + BOUNDS[3]) / 2;

export class View {
  constructor(canvas, onChange) {
    this.canvas = canvas;
    this.onChange = onChange;
    this.width = this.height = 1;
    this.x = 0;
    this.y = MIDDLE;
    this.zoom = 1;
    listen(this);
  }

  // Pixels of one radius.
  get scale() {
    return this.zoom * this.least;
  }
  get least() {
    return Math.min(this.width / WIDTH, this.height / HEIGHT) * 0.985;
  }

  // Is any of a box of the plane on the screen?
  sees([x0, y0, x1, y1]) {
    const [left, top] = this.toPlane([0, 0]);
    const [right, bottom] = this.toPlane([this.width, this.height]);
    return x1 >= left && x0 <= right && y1 >= top && y0 <= bottom;
  }

  resize(width, height) {
    this.width = width;
    this.height = height;
    this.change();
  }

  toScreen([x, y]) {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }
  toPlane([px, py]) {
    return [(px - this.width / 2) / this.scale + this.x, (py - this.height / 2) / this.scale + this.y];
  }

  move(dx, dy) {
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
    this.change();
  }

  // By a factor, so that what is under `at` stays there.
  zoomBy(factor, at = [this.width / 2, this.height / 2]) {
    const before = this.toPlane(at);
    this.zoom = Math.min(MOST, Math.max(1, this.zoom * factor));
    const after = this.toPlane(at);
    this.x += before[0] - after[0];
    this.y += before[1] - after[1];
    this.change();
  }

  // To a box of the plane, with air around it.
  fit([x0, y0, x1, y1], most = 24) {
    const width = Math.max(x1 - x0, 0.04),
      height = Math.max(y1 - y0, 0.04);
    const scale = Math.min(this.width / width, this.height / height) * 0.72;
    this.zoom = Math.min(most, Math.max(1, scale / this.least));
    this.x = (x0 + x1) / 2;
    this.y = (y0 + y1) / 2;
    this.change();
  }

  world() {
    this.zoom = 1;
    this.x = 0;
    this.y = MIDDLE;
    this.change();
  }

  change() {
    const halfWidth = this.width / this.scale / 2,
      halfHeight = this.height / this.scale / 2;
    const edgeX = Math.max(WIDTH / 2 - halfWidth, 0),
      edgeY = Math.max(HEIGHT / 2 - halfHeight, 0);
    this.x = Math.min(edgeX, Math.max(-edgeX, this.x));
    this.y = Math.min(MIDDLE + edgeY, Math.max(MIDDLE - edgeY, this.y));
    this.onChange();
  }
}

const STEPS = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

function listen(view) {
  const { canvas } = view;
  const held = new Map();
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      view.zoomBy(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0016)), [event.offsetX, event.offsetY]);
    },
    { passive: false },
  );
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, [event.offsetX, event.offsetY]);
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) return;
    const now = [event.offsetX, event.offsetY];
    const other = [...held.entries()].find(([id]) => id !== event.pointerId)?.[1];
    if (other) view.zoomBy(distance(now, other) / Math.max(1, distance(before, other)), other);
    else view.move(now[0] - before[0], now[1] - before[1]);
    held.set(event.pointerId, now);
  });
  for (const name of ["pointerup", "pointercancel"])
    canvas.addEventListener(name, (event) => held.delete(event.pointerId));
  canvas.addEventListener("dblclick", (event) => view.zoomBy(2, [event.offsetX, event.offsetY]));
  canvas.addEventListener("keydown", (event) => {
    if (STEPS[event.key]) view.move(...STEPS[event.key]);
    else if (event.key === "+" || event.key === "=") view.zoomBy(1.5);
    else if (event.key === "-") view.zoomBy(1 / 1.5);
    else if (event.key === "0") view.world();
    else return;
    event.preventDefault();
  });
}

const distance = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - by);
