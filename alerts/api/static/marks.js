// A small drawing for each kind. The words beside it say the same.

import { s } from "./dom.js";

const PATHS = {
  air_strike: "M12 3v9m0 0-4-4m4 4 4-4M5 20l2-4 3 2 2-5 2 5 3-2 2 4",
  ceasefire_violation: "M3 12h6l2-4 2 8 2-4h6M4 6v12M20 6v12",
  displacement: "M9 5.500a1.800 1.800 0 1 0 .01 0M9 9v5l-3 6M9 14l3 2v4M9 10l4 2M15 12h6m0 0-3-3m3 3-3 3",
};
const OTHER = "M12 4a8 8 0 1 0 .01 0M12 8v5m0 3v.5";

export function kindMark(kind) {
  return s(
    "svg",
    { class: "kind", viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true" },
    s("path", { d: PATHS[kind] ?? OTHER }),
  );
}
