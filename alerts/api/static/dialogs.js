// The three dialogs: token, acknowledge, silence. Each resolves to what was given, or null.

import { token } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { areaName, countryName, kindName } from "./words.js";

function asked(id, prepare = () => {}) {
  const dialog = byId(id);
  const form = dialog.querySelector("form");
  form.reset();
  prepare(dialog, form);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve({ answer: dialog.returnValue, form }), { once: true }),
  );
}

// Enter in a field means the last button, not the first.
for (const form of document.querySelectorAll("dialog form")) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName === "TEXTAREA" || event.target.tagName === "BUTTON") return;
    event.preventDefault();
    form.querySelector("button.strong").click();
  });
}

// Did somebody give another token?
export async function askToken(why) {
  const { answer, form } = await asked("token-dialog", () => fill(byId("token-why"), why));
  const given = form.elements.token.value.trim();
  form.reset();
  if (answer === "forget") token.set("");
  else if (answer === "ok" && given) token.set(given);
  else return false;
  return true;
}

export async function askNote(alert) {
  const { answer, form } = await asked("ack-dialog", () =>
    fill(
      byId("ack-what"),
      `${kindName(alert.kind)}, ${areaName(alert.area)}. Reminders of it end; what is new is still sent.`,
    ),
  );
  return answer === "ok" ? form.elements.note.value.trim() : null;
}

// → {rule, kind, area, hours, note} of which those that do not count are left out
export async function askSilence(alert) {
  const scopes = [
    [{ rule: alert.rule, area: alert.area.key }, `This rule in ${areaName(alert.area)}`],
    [{ kind: alert.kind, area: alert.area.key }, `${kindName(alert.kind)} in ${areaName(alert.area)}`],
    alert.area.country ? [{ area: alert.area.country }, `Everything in ${countryName(alert.area.country)}`] : null,
    [{ rule: alert.rule }, `The rule ${alert.rule} everywhere`],
  ].filter(Boolean);
  const { answer, form } = await asked("silence-dialog", (_, form) => {
    fill(byId("silence-what"), `${kindName(alert.kind)}, ${areaName(alert.area)}.`);
    fill(
      form.elements.scope,
      scopes.map(([, words], n) => h("option", { value: n }, words)),
    );
  });
  if (answer !== "ok") return null;
  return {
    ...scopes[Number(form.elements.scope.value)][0],
    hours: Number(form.elements.hours.value),
    note: form.elements.note.value.trim(),
  };
}
