"""A headless Chromium, driven over its debugging port."""

import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import requests
import websocket

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-extensions",
    "--no-first-run",
    "--mute-audio",
    "--window-size=1366,768",
    "--remote-debugging-port=0",
    # pages of the outside world have no place in a measurement
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
START_SECONDS = 60


class Chromium:
    """One page of a browser; a context manager that ends its own process."""

    def __enter__(self):
        program = next(filter(None, map(shutil.which, NAMES)), None)
        if not program:
            raise RuntimeError("There is no Chromium to measure in.")
        self.folder = tempfile.mkdtemp(suffix="_bench_chromium")
        self.process = subprocess.Popen(
            [program, *OPTIONS, f"--user-data-dir={self.folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._connect()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _connect(self):
        port_file = Path(self.folder) / "DevToolsActivePort"
        deadline = time.monotonic() + START_SECONDS
        while not port_file.exists() or not port_file.read_text().strip():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("Chromium did not start.")
            time.sleep(0.1)
        port = port_file.read_text().split()[0]
        targets = requests.get(f"http://127.0.0.1:{port}/json", timeout=30).json()
        page = next(target for target in targets if target["type"] == "page")
        self.socket = websocket.create_connection(
            page["webSocketDebuggerUrl"], timeout=120, suppress_origin=True
        )
        self.number = 0
        self.call("Page.enable")

    def call(self, method, **params):
        """Send a command and return its result."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def run(self, script):
        """Run the body of an async function in the page; return what it returns."""
        result = self.call(
            "Runtime.evaluate",
            expression=f"(async () => {{ {script} }})()",
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            text = details.get("exception", {}).get("description") or details["text"]
            raise RuntimeError(text)
        return result["result"].get("value")

    def open(self, url, selector):
        """Load a page and wait until something stands on it."""
        self.call("Page.navigate", url=url)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                if self.run(f"return Boolean(document.querySelector({selector!r}))"):
                    return
            except RuntimeError:
                pass  # the old page is going, the new one not there yet
            time.sleep(0.1)
        raise RuntimeError(f"{url}: {selector} did not come")
