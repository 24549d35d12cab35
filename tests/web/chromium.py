"""A real Chromium without a window, driven by its own DevTools protocol through a pipe.

The pipe needs no library and opens no port: file descriptors 3 and 4, one JSON text after the other,
each ended by a NUL (chromium, content/browser/devtools/devtools_pipe_handler.cc).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ANSWER_SECONDS = 60.0
READ_BYTES = 1 << 26


def program() -> str | None:
    """The browser's program, if there is one."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Tab:
    """One page: what it is told to do, and what it says."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._number = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._loaded = asyncio.Event()
        self.session = ""
        self.console: list[str] = []
        """Errors, warnings, and what scripts failed with."""
        self.requests: list[str] = []

    async def listen(self) -> None:
        """Take what the browser says, until it ends."""
        while piece := await self._reader.readuntil(b"\0"):
            message = json.loads(piece[:-1])
            if "id" in message:
                self._answers.pop(message["id"]).set_result(message)
            else:
                self._note(message["method"], message["params"])

    def _note(self, method: str, told: dict[str, Any]) -> None:
        match method:
            case "Page.loadEventFired":
                self._loaded.set()
            case "Runtime.exceptionThrown":
                self.console.append(str(told["exceptionDetails"]))
            case "Log.entryAdded":
                self.console.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")
            case "Runtime.consoleAPICalled" if told["type"] in {"error", "warning", "assert"}:
                self.console.append(str([each.get("value", each.get("description")) for each in told["args"]]))
            case "Network.requestWillBeSent":
                self.requests.append(told["request"]["url"])

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Say something to the browser; what it answers."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        answer = self._answers[self._number] = asyncio.get_running_loop().create_future()
        self._writer.write(json.dumps(message).encode() + b"\0")
        async with asyncio.timeout(ANSWER_SECONDS):
            answered = await answer
        assert "error" not in answered, answered
        result: dict[str, Any] = answered["result"]
        return result

    async def open(self, url: str) -> None:
        """Go to a page, and wait until it and its files are loaded."""
        self._loaded.clear()
        await self.call("Page.navigate", url=url)
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._loaded.wait()

    async def evaluate(self, script: str) -> Any:
        """What a script comes to; a promise is waited for."""
        done = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    async def screenshot(self) -> bytes:
        """A picture of what is in the window, as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])


@contextlib.asynccontextmanager
async def tab(folder: Path, *, width: int = 1_100, height: int = 900) -> AsyncIterator[Tab]:
    """An empty page in a browser of its own, whose profile is in ``folder``."""
    name = program()
    assert name is not None
    from_us, to_browser = os.pipe()
    from_browser, to_us = os.pipe()
    process = await asyncio.create_subprocess_exec(
        # Not sh: of numbers of descriptors, dash knows those of one digit.
        *("bash", "-c", f'exec "$@" 3<&{from_us} 4>&{to_us} 2>/dev/null', "bash", name),
        *("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={folder}"),
        *("--no-first-run", "--disable-background-networking", "--hide-scrollbars", f"--window-size={width},{height}"),
        pass_fds=(from_us, to_us),
    )
    os.close(from_us)
    os.close(to_us)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=READ_BYTES)
    incoming, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(from_browser, "rb", 0)
    )
    outgoing, protocol = await loop.connect_write_pipe(
        lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), os.fdopen(to_browser, "wb", 0)
    )
    made = Tab(reader, asyncio.StreamWriter(outgoing, protocol, None, loop))
    listening = asyncio.create_task(made.listen())
    try:
        target = await made.call("Target.createTarget", url="about:blank", width=width, height=height)
        attached = await made.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        made.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            await made.call(f"{domain}.enable")
        yield made
    finally:
        listening.cancel()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        incoming.close()
        outgoing.close()
