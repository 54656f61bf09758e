// How things are called and counted on the board.

import { COUNTRIES } from "./countries.js";

export const SEVERITIES = ["extreme", "severe", "warning"];
const KINDS = { air_strike: "Air strikes", ceasefire_violation: "Ceasefire violations", displacement: "Displacement" };
const ONE = { air_strike: "Air strike", ceasefire_violation: "Ceasefire violation", displacement: "Displacement" };
const MEASURES = { displaced_stock: "living displaced" };
export const TRANSITIONS = {
  opened: "Opened",
  escalated: "Escalated",
  updated: "Updated",
  resolved: "Resolved",
  retracted: "Taken back",
};
export const CERTAINTIES = { observed: "Observed", likely: "Likely", possible: "Possible, not confirmed" };

const number = new Intl.NumberFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const short = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const minute = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});
const regions = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });

export const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);
export const kindName = (kind) => KINDS[kind] ?? capital(kind.replaceAll("_", " "));
export const oneOf = (kind) => ONE[kind] ?? capital(kind.replaceAll("_", " "));
export const measureName = (name) => MEASURES[name] ?? name.replaceAll("_", " ");
export const count = (value) => (value === null || value === undefined ? "–" : number.format(value));
export const brief = (value) => compact.format(value);
export const ofDay = (iso) => day.format(new Date(`${iso}T00:00:00Z`));
export const ofShortDay = (iso) => short.format(new Date(`${iso}T00:00:00Z`));
export const ofMinute = (iso) => `${minute.format(new Date(iso))} UTC`;
const single = (name, value) =>
  value === 1 && /^(incidents|strikes|violations)$/.test(name) ? name.slice(0, -1) : measureName(name);
export const amount = (measure) => `${count(measure.value)} ${single(measure.name, measure.value)}`;
export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

export function countryName(code) {
  if (!code) return "";
  if (COUNTRIES[code]) return COUNTRIES[code];
  try {
    return regions.of(code) ?? code;
  } catch {
    return code;
  }
}

// "in Idlib, Syria": the area of an alert, as a title has it.
export function areaName(area) {
  const country = countryName(area.country);
  return area.level === "country" || !country ? area.name : `${area.name}, ${country}`;
}

export function placeName(place) {
  if (!place) return "Place not known";
  const country = countryName(place.country);
  const parts = [place.name];
  if (place.admin1 && place.admin1 !== place.name) parts.push(place.admin1);
  if (country && country !== place.name) parts.push(country);
  return parts.join(", ");
}

// "12 min ago", measured from the engine's clock: a back-test plays in the past.
export function ago(iso, now) {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return seconds < 86400 * 30 ? `${plural(Math.floor(seconds / 86400), "day")} ago` : ofDay(iso.slice(0, 10));
}

// "12", "12 (8–14)" of a range, "12+" where the story leaves the upper end open.
function figure({ low, best, high }) {
  if (low !== null && high === null) return `${count(best)}+`;
  const sure = low === null || high === null || low === high;
  return sure ? count(best) : `${count(best)} (${count(low)}–${count(high)})`;
}

// [["killed", "12"], ...] of an incident; that it was one strike or one violation goes without saying.
export function figures({ figures: known }) {
  const found = [];
  for (const name of ["killed", "injured", "displaced", "strikes", "violations"]) {
    const value = known[name];
    if (!value || (value.best <= 1 && (name === "strikes" || name === "violations"))) continue;
    const what = value.measure === "stock" ? "living displaced" : name;
    found.push([value.unit === "households" ? `households ${what}` : what, figure(value)]);
  }
  return found;
}

// Who gave a command, without the word for the way it came.
export const author = ({ author: name }) => name.replace(/^api:/, "");
