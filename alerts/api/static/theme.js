// Light, dark, or as the system has it; remembered in this browser.

import { byId } from "./dom.js";

const SLOT = "tocsin-theme";
const NEXT = { auto: "light", light: "dark", dark: "auto" };
const WORDS = {
  auto: ["◐", "Colours: as the system has them"],
  light: ["☀", "Colours: light"],
  dark: ["☾", "Colours: dark"],
};

export function themed(onChange) {
  const button = byId("theme");
  const put = (theme) => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    [button.textContent] = WORDS[theme];
    button.setAttribute("aria-label", WORDS[theme][1]);
    button.title = WORDS[theme][1];
    onChange();
  };
  const known = () => (NEXT[localStorage.getItem(SLOT)] ? localStorage.getItem(SLOT) : "auto");
  button.addEventListener("click", () => {
    localStorage.setItem(SLOT, NEXT[known()]);
    put(known());
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onChange);
  put(known());
}
