#!/usr/bin/env python3
"""Headless Chromium, steered through its debugging pipe with nothing but the standard library.

As a program it prints where Chromium is; exit code 1 where there is none.
"""

import base64
import fcntl
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time

NAMES = ("chromium", "chromium-browser", "google-chrome")
# No request can leave: every host is unknown. The scale and the colours are the same on every machine.
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
         "--host-resolver-rules=MAP * ~NOTFOUND", "--force-device-scale-factor=1", "--force-color-profile=srgb",
         "--font-render-hinting=none", "--disable-lcd-text", "--remote-debugging-pipe")
PATIENCE = 120  # seconds that one answer may take
KEYS = {"Enter": ("\r", 13), " ": (" ", 32), "Tab": ("", 9)}


def find():
    """The path of Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One page at a time; what it logs and asks for is kept. For a `with` statement."""

    def __init__(self):
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_child, self._write = os.pipe()
        self._read, from_child = os.pipe()

        def pipes():  # Chromium reads commands from 3 and answers on 4
            ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_child, from_child)]
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self._child = subprocess.Popen([find(), *FLAGS, f"--user-data-dir={self._profile.name}"], preexec_fn=pipes,
                                       close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_child)
        os.close(from_child)
        self._bytes, self._number, self._session = b"", 0, None
        self.logged, self.requested = [], []
        self._loaded = False
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._child.terminate()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        os.close(self._write)
        os.close(self._read)
        self._profile.cleanup()

    def _message(self):
        """The next message, which ends with a zero byte."""
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._bytes:
            ready, _, _ = select.select([self._read], [], [], max(0, end - time.monotonic()))
            more = os.read(self._read, 1 << 16) if ready else b""
            if not more:
                raise RuntimeError("Chromium does not answer")
            self._bytes += more
        text, self._bytes = self._bytes.split(b"\0", 1)
        return json.loads(text)

    def _note(self, message):
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Network.requestWillBeSent":
            self.requested.append(parameters["request"]["url"])
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.logged.append(json.dumps(parameters))

    def call(self, command, **parameters):
        """The answer to a command of the debugging protocol."""
        self._number += 1
        message = {"id": self._number, "method": command, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") != self._number:
                self._note(answer)
                continue
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['message']}")
            return answer["result"]

    def open(self, path, width=1200, height=1000, scheme="light"):
        """Shows a file, and forgets what earlier ones logged and asked for."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.logged, self.requested, self._loaded = [], [], False
        self.call("Page.navigate", url=pathlib.Path(path).resolve().as_uri())
        while not self._loaded:
            self._note(self._message())

    def evaluate(self, expression):
        """What JavaScript finds in the page; a page's policy does not concern it."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def press(self, key):
        """Presses and lets go of a key of KEYS, as somebody at the keyboard does."""
        text, code = KEYS[key]
        event = {"key": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", **event, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    def screenshot(self, path, top=0, height=1000, width=1200):
        """A PNG of a part of the page, in CSS pixels from its top."""
        clip = {"x": 0, "y": top, "width": width, "height": height, "scale": 1}
        picture = self.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True, optimizeForSpeed=False)
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture["data"]))


if __name__ == "__main__":
    if find():
        print(find())
    sys.exit(0 if find() else 1)
