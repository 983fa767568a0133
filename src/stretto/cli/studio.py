"""`stretto studio`: a page in the browser, on which one writes, hears and edits music."""

from __future__ import annotations

import importlib.util
from typing import Annotated

from stretto.cli.typed import Option
from stretto.errors import RequestError

NEEDED = ("fastapi", "uvicorn")


def studio_command(
    host: Annotated[
        str, Option(help="Where it answers; other than this machine's own address, it wants a token, which it prints.")
    ] = "127.0.0.1",
    port: Annotated[int | None, Option(min=0, max=65535, help="[default: 8765 or, where it is taken, any]")] = None,
    no_browser: Annotated[bool, Option("--no-browser", help="Print the address and open nothing.")] = False,
    make_shortcut: Annotated[
        bool, Option("--make-shortcut", help="Put an icon on the desktop that starts it, and end.")
    ] = False,
) -> None:
    """Open the studio in the browser, and answer programs under /v1."""
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise RequestError('the studio needs fastapi and uvicorn; pip install ".[studio]"')
    if make_shortcut:
        from stretto.studio.door import shortcut

        print(f"wrote {shortcut.make_shortcut()}")
        return
    from stretto.studio.door.launch import place_at, serve

    serve(place_at(host, port), browser=not no_browser)
