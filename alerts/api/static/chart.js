// The trend: bars are days, the line is the window that the rule tests, against its thresholds and what was usual before.

import { h, s } from "./dom.js";
import { brief, capital, count, measureName, ofDay, ofShortDay, plural, SEVERITIES } from "./words.js";

const WIDTH = 440,
  HEIGHT = 170,
  LEFT = 44,
  RIGHT = 8,
  TOP = 12,
  BOTTOM = 22;

export function chart(series) {
  const days = series.days;
  const limits = limitsOf(series);
  const highest = Math.max(...days.map((day) => day.window), ...days.map((day) => day.value));
  const reachable = limits.filter(([, limit], n) => n === 0 || limit <= highest * 1.6);
  const most = niceAbove(Math.max(highest, ...reachable.map(([, limit]) => limit), series.baseline ?? 0, 1));
  const step = (WIDTH - LEFT - RIGHT) / days.length;
  const x = (n) => LEFT + n * step;
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / most);
  const level = (value, name, words) =>
    s(
      "g",
      { class: `level ${name}` },
      s("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
      s("text", { x: LEFT + 4, y: y(value) - 3 }, words),
    );
  const drawing = s(
    "svg",
    { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": spoken(series) },
    episode(series, x, step),
    [0, most / 2, most].map((value) =>
      s(
        "g",
        { class: "grid" },
        s("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
        s("text", { x: LEFT - 5, y: y(value) + 3.5 }, brief(value)),
      ),
    ),
    days.map((day, n) =>
      day.monitored
        ? null
        : s(
            "rect",
            { class: "unheard", x: x(n), y: TOP, width: step, height: HEIGHT - TOP - BOTTOM },
            s("title", {}, `${ofDay(day.day)}: not monitored`),
          ),
    ),
    days.map((day, n) =>
      day.value
        ? s(
            "rect",
            {
              class: "bar",
              x: x(n) + step * 0.12,
              y: y(day.value),
              width: Math.max(step * 0.76, 0.8),
              height: Math.max(0, y(0) - y(day.value)),
            },
            s("title", {}, `${ofDay(day.day)}: ${count(day.value)}`),
          )
        : null,
    ),
    s("polyline", {
      class: "line",
      points: days.map((day, n) => `${(x(n) + step / 2).toFixed(1)},${y(day.window).toFixed(1)}`).join(" "),
    }),
    series.baseline ? level(series.baseline, "baseline", "") : null,
    reachable.map(([name, limit]) => level(limit, name, `${name} ${brief(limit)}`)),
    ticks(days).map((n) => s("text", { class: "tick", x: x(n) + step / 2, y: HEIGHT - 6 }, ofShortDay(days[n].day))),
  );
  return h("figure", { class: "trend" }, drawing, caption(series));
}

// [["warning", 3], ...], from the lowest.
const limitsOf = ({ thresholds }) =>
  SEVERITIES.toReversed()
    .filter((name) => name in thresholds)
    .map((name) => [name, thresholds[name]]);

function episode(series, x, step) {
  const first = series.days.findIndex((day) => day.day >= series.since);
  if (first < 0) return null;
  const end = series.ended === null ? series.days.length : series.days.findIndex((day) => day.day > series.ended);
  const last = end < 0 ? series.days.length : end;
  return s("rect", {
    class: "episode",
    x: x(first),
    y: TOP,
    width: (last - first) * step,
    height: HEIGHT - TOP - BOTTOM,
  });
}

function caption(series) {
  const missing = series.days.filter((day) => !day.monitored).length;
  return h(
    "figcaption",
    {},
    h("span", { class: "key daily" }, `${capital(measureName(series.measure))} a day`),
    h("span", { class: "key sum" }, `Sum of ${plural(series.window, "day")}`),
    series.baseline !== null ? h("span", { class: "key baseline" }, `Usual: ${count(series.baseline)}`) : null,
    missing ? h("span", { class: "key unheard" }, `Not monitored: ${plural(missing, "day")}`) : null,
  );
}

function spoken(series) {
  const last = series.days.at(-1);
  const peak = series.days.reduce((best, day) => (day.window > best.window ? day : best));
  const limits = limitsOf(series)
    .map(([name, limit]) => `${name} at ${count(limit)}`)
    .join(", ");
  const usual = series.baseline === null ? "" : ` Usual before: ${count(series.baseline)}.`;
  return `${capital(measureName(series.measure))} over ${plural(series.window, "day")}: ${count(last.window)} on ${ofDay(last.day)}, at most ${count(peak.window)} on ${ofDay(peak.day)}. Thresholds: ${limits || "none"}.${usual}`;
}

function ticks(days) {
  const every = Math.max(1, Math.ceil(days.length / 5));
  const found = [];
  for (let n = days.length - 1 - Math.floor(every / 3); n >= 0; n -= every) found.push(n);
  return found.filter((n) => n > 1);
}

function niceAbove(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return (
    [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * power).find((limit) => limit >= value * 1.05) ??
    10 * power * 1.2
  );
}
