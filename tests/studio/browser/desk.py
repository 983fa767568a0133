"""A person at the page: what is seen, heard, clicked and typed, and what went wrong behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

HERE = Path(__file__).parent

PATIENCE_MS = 30_000
"""In which whatever was asked for is on the page, on a machine that has much else to do."""

COMPOSED_MS = 60_000
"""In which a candidate is there."""

expect.set_options(timeout=PATIENCE_MS)

SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
"""Of Chromium: none of its own business while it is tested, and no other machine can be found."""

EAR = (HERE / "ear.js").read_text(encoding="utf-8")


@dataclass
class Desk:
    """One browser, with the page open or not yet."""

    page: Page
    origin: str
    looks: Path
    wrong: list[str] = field(default_factory=list)
    """What went to the console as an error, was thrown, or was asked of another server."""
    refusals: tuple[int, ...] = ()
    """Statuses that this test brings about on purpose; the browser writes them to the console."""

    def __post_init__(self) -> None:
        """Listen to what goes wrong."""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrong.append(f"thrown: {error}"))
        self.page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        status = re.search(r"status of (\d+)", message.text)
        if status and int(status[1]) in self.refusals:
            return
        self.wrong.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("blob", "data") and f"{address.scheme}://{address.netloc}" != self.origin:
            self.wrong.append(f"asked of another server: {request.url}")

    def open(self, path: str = "/") -> Self:
        """Open the page, and wait until a piece stands on it."""
        self.page.goto(self.origin + path)
        self.wait_for_pages()
        return self

    def wait_for_pages(self) -> None:
        """Until the engraved pages are those of the newest state."""
        expect(self.page.locator(".sheet img").first).to_be_visible()
        expect(self.page.locator("#sheets[aria-busy]")).to_have_count(0)

    def view(self) -> dict[str, Any]:
        """The open piece as the server has it."""
        told: dict[str, Any] = self.page.evaluate(
            "async () => (await fetch('/api/pieces/' + localStorage.getItem('stretto.piece'))).json()"
        )
        return told

    def notes(self) -> list[tuple[int, int, int, int]]:
        """Part, onset and duration in ticks, and pitch of every note that the server has."""
        return sorted((n["part"], n["onset"], n["duration"], n["pitch"]) for n in self.view()["notes"])

    def wait_for_revision(self, other_than: int) -> dict[str, Any]:
        """The piece when it has changed, and the page has heard of it."""
        title = self.page.locator("#title")
        self.wait_until(lambda: str(other_than) != title.get_attribute("data-revision") == str(self.view()["revision"]))
        self.wait_for_pages()
        return self.view()

    def wait_until(self, so: Callable[[], bool]) -> None:
        """Of what Playwright cannot wait for itself."""
        for _ in range(PATIENCE_MS // 50):
            if so():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"it has not come to this in {PATIENCE_MS // 1000} s; the notes are {self.notes()}")

    def compose(self, bars: int = 4, ensemble: str = "choir") -> None:
        """Ask for candidates and take the first that is there."""
        before = self.view()["revision"]
        self.page.get_by_label("Ensemble").select_option(ensemble)
        self.page.get_by_label("Bars", exact=True).fill(str(bars))
        self.page.locator("#go").click()
        self.take(before)

    def bring(self, abc: bytes, title: str) -> None:
        """Give a file of ABC to the page, and wait until the piece, which has this title, stands there."""
        self.page.locator("#file").set_input_files({"name": "a.abc", "mimeType": "text/plain", "buffer": abc})
        self.page.wait_for_function("title => document.getElementById('title').value === title", arg=title)
        self.wait_for_pages()

    def take(self, before: int) -> None:
        """Take the first candidate that is there over into the piece, which had this revision."""
        self.take_button().click(timeout=COMPOSED_MS)
        self.wait_for_revision(before)

    def take_button(self) -> Locator:
        """Of the first candidate that is ready."""
        return self.page.locator(".take:not(:disabled)").first

    def note_in_roll(self) -> tuple[float, float]:
        """Where the left end of some note lies on the screen: found by moving the mouse, as a person does."""
        box = self.page.locator("#roll").bounding_box()
        assert box is not None
        for x in (box["x"] + 52, box["x"] + 64):
            for y in range(int(box["y"]) + 42, int(box["y"] + box["height"]) - 4, 3):
                self.page.mouse.move(x, y)
                if self.page.locator("#roll").get_attribute("data-cursor") == "note":
                    return x, y + 2
        raise AssertionError("no note at the left edge of the roll")

    def select_bar(self, index: int) -> None:
        """Mark a bar by a click on the ruler of the roll."""
        self.page.locator("#sheets").scroll_into_view_if_needed()
        bar = self.view()["bars"][index]
        x, y = self.page.evaluate(
            """async ([tick, end]) => {
              const id = localStorage.getItem("stretto.piece");
              const { pages } = await (await fetch(`/api/pieces/${id}/pages`)).json();
              const at = pages.findIndex((page) => page.bars.some((bar) => bar.tick === tick));
              const bar = pages[at].bars.find((own) => own.tick === tick);
              const layer = document.querySelectorAll(".layer")[at];
              const box = layer.getBoundingClientRect();
              // Above the upper staff, where no note is.
              return [box.left + (box.width * (bar.x + bar.w / 2)) / pages[at].width,
                      box.top + (box.height * (bar.y - 150)) / pages[at].height];
            }""",
            [bar["tick"], bar["end"]],
        )
        self.page.mouse.click(x, y)

    def cursors(self) -> tuple[float | None, float | None]:
        """Where the cursor stands in the score and in the roll, in pixels of each; None = it cannot be seen."""
        told = self.page.evaluate("() => [window.eye.scoreCursor(), window.eye.rollCursor()]")
        return told[0], told[1]

    def heard(self) -> dict[str, Any]:
        """Of the sound so far: `clock` in seconds, loudest sample `peak` (1 = full scale), and when it began."""
        told: dict[str, Any] = self.page.evaluate("() => window.ear.heard()")
        return told

    def look(self, name: str) -> None:
        """Leave a picture."""
        self.page.screenshot(path=self.looks / f"{name}.png", animations="disabled")

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)


class Room:
    """Browsers that know nothing of each other, in one studio."""

    def __init__(self, browser: Browser, address: str, looks: Path) -> None:
        """Take the place of a studio."""
        self._browser, self._looks = browser, looks
        self.origin = address.partition("/?")[0].rstrip("/").replace("0.0.0.0", "127.0.0.1")
        self._desks: list[Desk] = []
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Close all browsers; what went wrong at a desk fails a test that has not failed already."""
        wrong = [line for desk in self._desks for line in desk.wrong]
        self._opened.close()
        assert error is not None or not wrong, "\n".join(wrong)

    def desk(self, *, width: int = 1440, height: int = 900, scheme: str = "light", opened: bool = True) -> Desk:
        """A fresh browser: nothing stored, no cookie."""
        context: BrowserContext = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            accept_downloads=True,
        )
        self._opened.callback(context.close)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(EAR)
        desk = Desk(context.new_page(), self.origin, self._looks)
        self._desks.append(desk)
        return desk.open() if opened else desk


def further(now: Iterable[float | None], before: Iterable[float | None]) -> bool:
    """Whether all are there, and each is greater than it was."""
    return all(a is not None and b is not None and a > b for a, b in zip(now, before, strict=True))
