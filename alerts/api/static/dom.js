// Elements are made here and nowhere else: text goes in as text nodes, so that no story can become markup.

const SVG = "http://www.w3.org/2000/svg";

// h("p", {class: "x", onclick: f, data: {id: 1}}, "text", child, [children], null)
export function h(tag, props = {}, ...children) {
  return filled(document.createElement(tag), props, children);
}

export function s(tag, props = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), props, children);
}

function filled(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

// A paragraph of a class.
export const p = (name, ...children) => h("p", { class: name }, ...children);

// A button. `does` names it, so that focus finds it again when what is around it is made anew.
export const button = (words, onclick, { does = null, kind = null, label = null } = {}) =>
  h("button", { type: "button", class: kind, data: does ? { does } : null, "aria-label": label, onclick }, words);

export const byId = (id) => document.getElementById(id);

// A link only where it leads to a web page: a story's address is the sender's word.
export function link(address, ...children) {
  let url = null;
  try {
    url = new URL(address);
  } catch {
    return h("span", {}, ...children);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return h("span", {}, ...children);
  return h("a", { href: url.href, rel: "noopener noreferrer nofollow", target: "_blank" }, ...children);
}
