// Feed health: the last story of every source, and the days on which it was heard. A day nobody was heard is not zero.

import { get } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { ago, count, ofDay, ofMinute, plural } from "./words.js";

const QUIET_HOURS = 24;

export class Sources {
  constructor(model) {
    this.model = model;
    this.feeds = null;
  }

  async load() {
    this.feeds = await get("/v1/feeds");
    this.model.hear(this.feeds.clock);
    this.refresh();
  }

  refresh() {
    const { feeds, model } = this;
    if (!feeds) return;
    const days = daysBetween(feeds.first, feeds.last);
    const missing = new Set(feeds.not_monitored);
    const rows = feeds.feeds
      .map((feed) => ({ ...feed, quiet: model.now - Date.parse(feed.last_published) > QUIET_HOURS * 3_600_000 }))
      .sort((a, b) => b.quiet - a.quiet || (a.last_published < b.last_published ? 1 : -1));
    const silent = rows.filter((feed) => feed.quiet).length;
    const badge = byId("quiet-feeds");
    badge.textContent = silent || missing.size ? `${silent || ""}!` : count(rows.length);
    badge.classList.toggle("bad", silent > 0 || missing.size > 0);
    fill(
      byId("panel-sources"),
      h(
        "p",
        { class: `verdict ${missing.size ? "bad" : ""}` },
        missing.size
          ? `Not monitored: ${list([...missing])}. On such a day a zero says nothing.`
          : rows.length
            ? `Every day ${feeds.first === feeds.last ? "" : "shown "}was monitored.`
            : "No story has come yet: nothing is monitored.",
      ),
      rows.map((feed) =>
        h(
          "article",
          { class: `feed${feed.quiet ? " bad" : ""}` },
          h("h3", {}, feed.feed, feed.quiet ? h("span", { class: "tag doubt" }, "Quiet for more than a day") : null),
          h(
            "p",
            { class: "line" },
            "Last story ",
            h(
              "time",
              { datetime: feed.last_published, title: ofMinute(feed.last_published) },
              ago(feed.last_published, model.now),
            ),
            ` · ${plural(feed.stories, "story", "stories")} in all`,
          ),
          strip(feed, days, missing),
        ),
      ),
      rows.length
        ? h("p", { class: "hint" }, `Each cell is a day, ${ofDay(days[0])} to ${ofDay(days.at(-1))}, UTC.`)
        : null,
    );
  }
}

function strip(feed, days, missing) {
  const heard = new Set(feed.heard);
  const before = (day) => !heard.has(day) && !missing.has(day);
  return h(
    "div",
    { class: "strip", role: "img", "aria-label": `Heard on ${plural(heard.size, "day")} of ${days.length}` },
    days.map((day) =>
      h("i", {
        class: heard.has(day) ? "heard" : missing.has(day) ? "missing" : "unheard",
        title: `${ofDay(day)}: ${heard.has(day) ? "heard" : before(day) ? "nothing from this source" : "not monitored"}`,
      }),
    ),
  );
}

function daysBetween(first, last) {
  const days = [];
  if (!first) return days;
  for (let at = Date.parse(`${first}T00:00:00Z`); at <= Date.parse(`${last}T00:00:00Z`); at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

function list(days) {
  const shown = days.slice(-4).map(ofDay);
  return days.length > 4 ? `${shown.join(", ")} and ${days.length - 4} more days` : shown.join(", ");
}
