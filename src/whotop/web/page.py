"""The page of usage, and the files that it is made of: ours, and Bokeh's own script."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from whotop.render.html_page import SHEET

Answer = Callable[[Request], Awaitable[Response]]

PATH = "/usage"
FOLDER = Path(__file__).with_name("static")
FILES = {
    "/static/sheet.css": (SHEET, "text/css"),
    "/static/whotop.css": (FOLDER / "whotop.css", "text/css"),
    "/static/usage.js": (FOLDER / "usage.js", "text/javascript"),
    "/favicon.svg": (FOLDER / "favicon.svg", "image/svg+xml"),
}
BOKEH_PATH = "/static/bokeh.min.js"
KEPT = {"cache-control": "public, max-age=3600"}


def routes() -> list[Route]:
    """The page and its files."""
    files = [Route(path, _file(file, media_type)) for path, (file, media_type) in FILES.items()]
    return [Route(PATH, _page, methods=["GET", "POST"]), Route(BOKEH_PATH, _bokeh), *files]


async def _page(request: Request) -> Response:
    """The page reads its own address: which days it shows is the browser's business."""
    return FileResponse(FOLDER / "usage.html", media_type="text/html; charset=utf-8")


def _file(path: Path, media_type: str) -> Answer:
    async def answer(request: Request) -> Response:
        return FileResponse(path, media_type=media_type, headers=KEPT)

    return answer


async def _bokeh(request: Request) -> Response:
    return FileResponse(bokeh_script(), media_type="text/javascript", headers=KEPT)


@cache
def bokeh_script() -> Path:
    """Bokeh's script for browsers, from its own package: nobody else is asked for it, and Bokeh need not load."""
    found = find_spec("bokeh")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).with_name("server") / "static" / "js" / "bokeh.min.js"
