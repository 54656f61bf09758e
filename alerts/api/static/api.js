// Requests to the server that served the page. The token lives in sessionStorage: in this tab, until it is closed.

const SLOT = "tocsin-token";

export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `the server answered ${status}`);
    this.status = status;
    this.reason = problem.reason ?? "";
  }
}

export const token = {
  get: () => sessionStorage.getItem(SLOT) ?? "",
  set: (value) => (value ? sessionStorage.setItem(SLOT, value) : sessionStorage.removeItem(SLOT)),
};

export function headers(more = {}) {
  const known = token.get();
  return known ? { authorization: `Bearer ${known}`, ...more } : more;
}

export async function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = new URLSearchParams(given).toString();
  return answered(await fetch(search ? `${path}?${search}` : path, { headers: headers(), cache: "no-store" }));
}

export async function post(path, body) {
  return answered(
    await fetch(path, {
      method: "POST",
      headers: headers({ "content-type": "application/json" }),
      body: JSON.stringify(body),
    }),
  );
}

export async function remove(path) {
  return answered(await fetch(path, { method: "DELETE", headers: headers() }));
}

async function answered(response) {
  if (response.status === 204) return null;
  let content = {};
  try {
    content = await response.json();
  } catch {
    /* an empty or broken body: the status says enough */
  }
  if (!response.ok) throw new Refused(response.status, content);
  return content;
}
