// Server-sent events, read with fetch: EventSource can send no token. It reconnects for ever, with the id of the last event.

import { headers, Refused } from "./api.js";

const SILENCE = 45_000; // the server says something every 15 s
const WAITS = [250, 500, 1000, 2000, 5000];

// follow({path, after, onEvent(name, data, id), onState("live" | "lost" | "refused", error)})
export async function follow({ path, after, onEvent, onState }) {
  let last = after;
  let failures = 0;
  for (;;) {
    try {
      await read(
        path,
        last,
        (event) => {
          if (event.id) last = event.id;
          onEvent(event.name, event.data, last);
        },
        () => {
          failures = 0;
          onState("live");
        },
      );
      onState("lost");
    } catch (error) {
      const refused = error instanceof Refused && (error.status === 401 || error.status === 403);
      onState(refused ? "refused" : "lost", error);
    }
    await pause(WAITS[Math.min(failures++, WAITS.length - 1)]);
  }
}

async function read(path, last, onEvent, onOpen) {
  const controller = new AbortController();
  let watch = setTimeout(() => controller.abort(), SILENCE);
  try {
    const sent = headers({ accept: "text/event-stream", ...(last ? { "last-event-id": last } : {}) });
    const response = await fetch(path, { headers: sent, cache: "no-store", signal: controller.signal });
    if (!response.ok) throw new Refused(response.status, await response.json().catch(() => ({})));
    onOpen();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const take = parser(onEvent);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(watch);
      watch = setTimeout(() => controller.abort(), SILENCE);
      take(value);
    }
  } finally {
    clearTimeout(watch);
    controller.abort();
  }
}

// The event stream format of the HTML standard, as far as our server writes it: lines end with \n.
export function parser(onEvent) {
  let rest = "";
  let event = { name: "message", data: "", id: null };
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (event.data) onEvent({ ...event, data: JSON.parse(event.data) });
        event = { name: "message", data: "", id: null };
      } else if (line.startsWith("event: ")) event.name = line.slice(7);
      else if (line.startsWith("data: ")) event.data += line.slice(6);
      else if (line.startsWith("id: ")) event.id = line.slice(4);
    }
  };
}

const pause = (milliseconds) =>
  new Promise((resolve) => {
    const early = () => {
      clearTimeout(timer);
      done();
    };
    const done = () => {
      removeEventListener("online", early);
      document.removeEventListener("tocsin-retry", early);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", early);
    document.addEventListener("tocsin-retry", early);
  });
