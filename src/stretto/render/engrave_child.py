"""The process that may die: verovio turns MusicXML into SVG pages here, apart from ours.

Run as a script and never imported: one line of JSON {"musicxml", "options"} comes in, one with
{"pages"} or {"error"} goes out. Apart from verovio it loads only what it needs, for it starts with every page.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Engrave what comes in on the standard input."""
    import verovio

    wish = json.loads(sys.stdin.buffer.read())
    verovio.enableLog(verovio.LOG_ERROR)
    toolkit = verovio.toolkit()
    toolkit.setOptions(wish["options"])
    if not toolkit.loadData(wish["musicxml"]):
        answer: dict[str, object] = {"error": "verovio could not load it"}
    else:
        answer = {"pages": [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]}
    sys.stdout.buffer.write(json.dumps(answer).encode("utf-8"))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
