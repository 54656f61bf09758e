// What an incident is known by: its figures, and the words of the stories that tell of it.

import { h, link, p } from "./dom.js";
import { CERTAINTIES, figures, ofDay, ofMinute, plural } from "./words.js";

const MARKED = { killed: "people killed", injured: "people injured", displaced: "people displaced", place: "where" };

export const fact = (name, value, size = null) => h("div", { class: size }, h("dt", {}, name), h("dd", {}, value));

// "22 Nov 2019 · 40 killed · Observed · 2 independent sources"
export function summary(incident) {
  const told = figures(incident).map(([name, value]) => h("strong", {}, `${value} ${name}`));
  const sources = plural(incident.origins.length, "independent source");
  const parts = [incident.day && ofDay(incident.day), ...told, CERTAINTIES[incident.certainty], sources];
  return p("line", ...parted(parts.filter(Boolean)));
}

// A quote, the words beyond it that gave a figure or the place, and the way to the story.
export function quotation(quote) {
  const who = quote.credit || quote.feed || "Not credited";
  const address = quote.url ?? (/^https?:/.test(quote.story) ? quote.story : null);
  const when = quote.published && h("time", { datetime: quote.published }, ofMinute(quote.published));
  const source = address ? link(address, who, " ↗") : h("span", { title: quote.story }, who);
  const beyond = quote.beyond.map(({ what, text }) => [`${what}: `, mark(what, text)]);
  return h(
    "figure",
    { class: "quote" },
    h("blockquote", {}, marked(quote)),
    beyond.length ? p("beyond", ...parted(beyond)) : null,
    h("figcaption", {}, ...parted([source, when].filter(Boolean))),
  );
}

// The quote with the words that gave a figure or a place marked. Offsets count code points, as Python does.
function marked({ text, marks }) {
  const letters = [...text];
  const words = (start, end) => letters.slice(start, end).join("");
  const parts = [];
  let at = 0;
  for (const { start, end, what } of marks) {
    parts.push(words(at, start), mark(what, words(start, end)));
    at = end;
  }
  return [...parts, words(at)];
}

const mark = (what, text) => h("mark", { class: what, title: MARKED[what] ?? what }, text);

// With a dot between each and the next.
export const parted = (parts) => parts.flatMap((part, n) => (n ? [" · ", part] : [part]));
