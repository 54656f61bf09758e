// Silences in force: what is held back, until when, and by whom. They can be ended here.

import { get, remove } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { author, count, countryName, kindName, ofMinute } from "./words.js";

export class Silences {
  // act(what, f): runs f and asks for a token when one is needed.
  constructor(act, onChange) {
    this.act = act;
    this.onChange = onChange;
  }

  async load() {
    const { silences } = await get("/v1/silences");
    byId("silence-count").textContent = silences.length ? count(silences.length) : "";
    fill(
      byId("panel-silences"),
      h(
        "p",
        { class: "hint" },
        "What is silenced is shown here and sent to nobody, but for the end of an alert that somebody was told of.",
      ),
      silences.length ? null : h("p", { class: "verdict" }, "Nothing is silenced."),
      silences.map((silence) =>
        h(
          "article",
          { class: "feed" },
          h("h3", {}, whatIs(silence)),
          h("p", { class: "line" }, `Until ${ofMinute(silence.until)}, by ${author(silence)}`),
          silence.note ? h("p", {}, silence.note) : null,
          h("button", { type: "button", onclick: () => this.end(silence) }, "End it"),
        ),
      ),
    );
  }

  end(silence) {
    return this.act("End a silence", async () => {
      await remove(`/v1/silences/${encodeURIComponent(silence.id)}`);
      this.onChange();
    });
  }
}

export function whatIs({ rule, kind, area }) {
  const where = area ? (area.length === 2 ? countryName(area) : area) : null;
  return [kind ? kindName(kind) : rule ? `Rule ${rule}` : "Everything", where && `in ${where}`]
    .filter(Boolean)
    .join(" ");
}
