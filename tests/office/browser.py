"""A headless Chromium driven through its own debugging pipe: real keys, real media, every request seen.

Example:
    >>> with Browser() as browser:
    ...     browser.open(page, width=360, dark=True)
    ...     browser.press("Tab", "Enter")
    ...     browser.ask("document.activeElement.tagName")
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .pages import chromium_missing
from .program import ProgramError, need

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

_KEYS = {
    "Tab": ("Tab", 9, ""),
    "Enter": ("Enter", 13, "\r"),
    "Space": (" ", 32, " "),
    "Backspace": ("Backspace", 8, ""),
}


_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


class Browser:
    """One browser with one page. Requests it makes are listed in `requests`."""

    def __init__(self) -> None:
        need(chromium_missing())
        self.requests: list[str] = []
        self.failures: list[str] = []
        self._number = 0
        self._downloading, self._downloaded = "", False
        self._rest = b""
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        self._start()

    def _start(self) -> None:
        """The browser reads commands from file 3 and writes answers to file 4."""
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        options = " ".join([*_OPTIONS, f"--user-data-dir={self._profile.name}"])
        script = f"exec chromium {options} about:blank 3<&{theirs_in} 4>&{theirs_out}"
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", script], pass_fds=(theirs_in, theirs_out), start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        targets = self._send("Target.getTargets", session="")["targetInfos"]
        page = next(each["targetId"] for each in targets if each["type"] == "page")
        attached = self._send("Target.attachToTarget", {"targetId": page, "flatten": True}, session="")
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._send(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for end in (self._out, self._in):
            os.close(end)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._profile.cleanup()

    def _send(self, method: str, values: dict[str, Any] | None = None, *, session: str | None = None) -> Any:
        """Send a command and read until its answer; events on the way are noted."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": values or {}}
        if session is None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise ProgramError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._in, 1 << 20)
            if not piece:
                raise ProgramError("chromium ended")
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, event: str, values: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            self.requests.append(values["request"]["url"])
        elif event == "Browser.downloadWillBegin":
            self._downloading = values["suggestedFilename"]
        elif event == "Browser.downloadProgress":
            self._downloaded |= values["state"] == "completed"
        elif event == "Log.entryAdded" and values["entry"]["level"] == "error":
            self.failures.append(values["entry"]["text"])
        elif event == "Runtime.exceptionThrown":
            details = values["exceptionDetails"]
            self.failures.append(details.get("exception", {}).get("description") or details["text"])

    def _until(self, event: str) -> None:
        while self._receive().get("method") != event:
            pass

    # What a person does

    def open(
        self, page: Path, *, width: int = 1200, dark: bool = False, script: bool = True, media: str = ""
    ) -> None:
        """Open a page in a window of this width, for a reader who prefers light or dark; `media` may be print."""
        self.look(width=width, dark=dark, media=media)
        self._send("Emulation.setScriptExecutionDisabled", {"value": not script})
        self.open_address(page.resolve().as_uri())

    def open_address(self, address: str) -> None:
        """Open what stands at an address."""
        self._send("Page.navigate", {"url": address})
        self._until("Page.loadEventFired")

    def look(self, *, width: int = 1200, dark: bool = False, media: str = "") -> None:
        """Look at the page that is open in a window of this width, as `open` says."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._send("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        self._send("Emulation.setDeviceMetricsOverride", size)

    def save_into(self, folder: Path) -> None:
        """Have what is downloaded saved into a folder without asking."""
        values = {"behavior": "allow", "downloadPath": str(folder.resolve()), "eventsEnabled": True}
        self._send("Browser.setDownloadBehavior", values, session="")
        self._downloading, self._downloaded = "", False

    def wait_for_download(self) -> str:
        """Wait until a file is saved that was asked for since `save_into`; its name."""
        while not self._downloaded:
            self._receive()
        return self._downloading

    def reload(self) -> None:
        """Load the page anew, as F5 does."""
        self._send("Page.reload")
        self._until("Page.loadEventFired")

    def press(self, *keys: str) -> None:
        """Press keys one after another; a text of other characters is typed."""
        for each in keys:
            if each not in _KEYS:
                self._send("Input.insertText", {"text": each})
                continue
            key, code, text = _KEYS[each]
            down = {"type": "keyDown", "key": key, "code": each, "windowsVirtualKeyCode": code, "text": text}
            self._send("Input.dispatchKeyEvent", down)
            self._send("Input.dispatchKeyEvent", {**down, "type": "keyUp"})

    def ask(self, expression: str) -> Any:
        """What an expression is worth in the page; a promise is waited for."""
        values = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self._send("Runtime.evaluate", values)
        if "exceptionDetails" in answer:
            raise ProgramError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def until(self, expression: str, *, seconds: float = 60) -> Any:
        """Wait until an expression is worth something; what it is worth, true for an element."""
        limit = int(seconds * 1000)
        found = self.ask(
            f"new Promise((resolve) => {{ const end = Date.now() + {limit}; const look = () => {{ const found = "
            f"({expression}); if (found?.nodeType) resolve(true); else if (found || Date.now() > end) "
            "resolve(found); else setTimeout(look, 25); }; look(); })"
        )
        if not found:
            alert = self.ask("document.querySelector('[role=alert]')?.textContent")
            raise ProgramError(f"not within {seconds:g} s: {expression}. {alert or ''} {self.failures}")
        return found

    def choose(self, selector: str, *files: Path) -> None:
        """Choose files in an input, as the browser's own dialog would."""
        values = {"expression": f"document.querySelector({json.dumps(selector)})"}
        found = self._send("Runtime.evaluate", values)["result"]["objectId"]
        paths = [str(each.resolve()) for each in files]
        self._send("DOM.setFileInputFiles", {"files": paths, "objectId": found})

    def print_to(self, pdf: Path) -> Path:
        """Print the page as its own style says."""
        data = self._send("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})["data"]
        pdf.write_bytes(base64.b64decode(data))
        return pdf

    def picture(self, png: Path, *, height: int = 900) -> Path:
        """Picture the page from its top."""
        width = self.ask("innerWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        data = self._send("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})["data"]
        png.write_bytes(base64.b64decode(data))
        return png


def violations(browser: Browser, axe: str, tags: Sequence[str] = ()) -> list[str]:
    """What axe-core finds wrong on the page: rule, impact, and the first places."""
    browser.ask(axe + ";0")
    # What a frame shows is a page with a test of its own; where the faultless elements stand is not asked.
    options: dict[str, Any] = {"iframes": False, "resultTypes": ["violations"], "selectors": False}
    if tags:
        options["runOnly"] = {"type": "tag", "values": list(tags)}
    found = browser.ask(f"axe.run(document, {json.dumps(options)}).then((each) => each.violations)")
    return [
        f"{each['id']} ({each['impact']}): {[node['html'][:200] for node in each['nodes'][:3]]}"
        for each in found
    ]
