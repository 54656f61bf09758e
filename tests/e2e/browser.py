"""A real Chromium, driven over the DevTools protocol: one page, what its console says, and pictures of it."""

import base64
import json
import os
import shutil
import subprocess
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar

import websocket

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--hide-scrollbars",
    "--disable-dev-shm-usage", "--remote-debugging-port=0", "--remote-allow-origins=*",
)  # fmt: skip
PATIENCE = 120.0
T = TypeVar("T")


class Refused(AssertionError):
    """Chromium did not do what it was told to; it says so too when the page is being left."""


def found() -> str | None:
    """Where Chromium is, if it is."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


class Browser:
    """Chromium with one page, for as long as the context lasts. `troubles`: errors of its console and its scripts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.troubles: list[str] = []
        self._number = 0
        self._events: deque[dict[str, Any]] = deque()

    def __enter__(self) -> Self:
        path = found()
        assert path is not None
        environment = {**os.environ, "HOME": str(self._folder)}
        self._process = subprocess.Popen(
            [path, *FLAGS, f"--user-data-dir={self._folder / 'profile'}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        address = self._folder / "profile" / "DevToolsActivePort"
        until(lambda: address.exists() and address.read_text().count("\n") >= 1)
        port, path = address.read_text().split("\n")[:2]
        self._socket = websocket.create_connection(f"ws://127.0.0.1:{port}{path}", timeout=PATIENCE)
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_: Any) -> None:
        with suppress(Refused, websocket.WebSocketException, OSError, subprocess.TimeoutExpired):
            self._session = None
            self.call("Browser.close")
            self._process.wait(PATIENCE)
        self._process.kill()
        self._process.wait()
        self._socket.close()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol; its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        self._socket.send(json.dumps(message))
        while True:
            heard = json.loads(self._socket.recv())
            if heard.get("id") == self._number:
                if "error" in heard:
                    raise Refused(f"{method}: {heard['error']}")
                result: dict[str, Any] = heard["result"]
                return result
            self._hear(heard)

    def open(self, url: str) -> None:
        """Go there, and wait until the page is loaded."""
        self._leave("Page.navigate", url=url)

    def reload(self) -> None:
        """Load the page anew, and wait until it is."""
        self._leave("Page.reload")

    def _leave(self, method: str, **params: Any) -> None:
        self.run("document.left = true")
        self.call(method, **params)
        self.wait("!document.left && document.readyState === 'complete'")

    def run(self, script: str) -> Any:
        """The value of an expression, awaited when it is a promise."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def wait(self, script: str, seconds: float = PATIENCE) -> None:
        """Until an expression is true."""
        asked = f"(() => {{ try {{ return Boolean({script}) }} catch {{ return false }} }})()"

        def holds() -> bool:
            with suppress(Refused):
                return bool(self.run(asked))
            return False

        until(holds, seconds, script)

    def press(self, key: str, code: int = 0, text: str = "") -> None:
        """A key, down and up, where the focus is."""
        described = {"key": key, "windowsVirtualKeyCode": code, "text": text}
        self.call("Input.dispatchKeyEvent", type="keyDown", **described)
        self.call("Input.dispatchKeyEvent", type="keyUp", **described)

    def click(self, selector: str) -> None:
        """A real click in the middle of an element."""
        box = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'nearest'}); const b = e.getBoundingClientRect();"
            " return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def size(self, width: int, height: int, *, dark: bool = False, phone: bool = False) -> None:
        """The window, and the colours the system asks for."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, path: Path) -> None:
        """What is seen, as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def listen(self) -> list[str]:
        """Everything the page complained of so far."""
        self.run("1")
        return self.troubles

    def _hear(self, heard: dict[str, Any]) -> None:
        params = heard.get("params", {})
        if heard.get("method") == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.troubles.append(details.get("exception", {}).get("description") or details["text"])
        elif heard.get("method") == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.troubles.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
        elif heard.get("method") == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.troubles.append(" ".join(str(part.get("value", part.get("description"))) for part in params["args"]))


def until(ask: Callable[[], T], seconds: float = PATIENCE, what: str = "it") -> T:
    """Ask until the answer is true. Raises AssertionError."""
    end = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.01)
    return answer
