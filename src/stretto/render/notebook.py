"""A score in a notebook: its first pages, and a player with its sound, in one piece of HTML that needs nothing else."""

from __future__ import annotations

import sys
from base64 import b64encode
from collections.abc import Collection, Iterable, Sequence
from html import escape

from stretto.errors import RenderError
from stretto.render.drawing import UNITS_PER_MM, svg_of
from stretto.render.page import render_pages
from stretto.render.performance import perform
from stretto.render.sound import render_sound
from stretto.render.sound_file import encode
from stretto.render.sound_level import SAMPLE_RATE
from stretto.score.model import Score

HTML, TEXT = "text/html", "text/plain"

MAX_PAGES = 2
"""Shown; a notebook keeps every output in its file."""

FOOT = 300
"""Free below the music, tenths of a millimetre: there stand rights and page numbers."""

MAX_SOUND_BYTES = 1_500_000
"""Of a sound; two million characters in the notebook."""

MAX_SECONDS = 100.0
"""Of a sound: what usually fits, as Ogg."""

WAV_THINNED = 2
"""Samples of which one is kept where there is no Ogg: 24 kHz."""

WAV_SECONDS = MAX_SOUND_BYTES * WAV_THINNED / (2 * SAMPLE_RATE) - 3.0
"""Of 16-bit mono at that rate, less the tail."""


def mimebundle(
    score: Score,
    *,
    page: Score | None = None,
    says: Sequence[str] = (),
    include: Iterable[str] | None = None,
    exclude: Iterable[str] | None = None,
) -> dict[str, str]:
    """What a notebook shows of a score, by media type.

    What cannot be engraved or sounded is said in a line in its place: a cell that ran well shows no traceback.

    Args:
        score: what is heard.
        page: what is seen; None = the same.
        says: lines below them.
        include: the only types wanted; None = all.
        exclude: types not wanted.

    Returns:
        "text/plain", one line; "text/html", self-contained, under 2.1 million characters of sound.
    """
    asked = _asked() if include is None else tuple(include)
    wanted = set(asked) - set(exclude or ())
    bundle = {TEXT: in_a_line(score)} if TEXT in wanted else {}
    if HTML in wanted:
        sheets, of_pages = _sheets(page if page is not None else score, in_a_line(score))
        player, of_sound = _player(score)
        lines = "".join(f"<div>{escape(line)}</div>" for line in (*of_pages, *of_sound, *says))
        bundle[HTML] = f'<div class="stretto">{sheets}{player}<small>{lines}</small></div>'
    return bundle


def in_a_line(score: Score) -> str:
    """A score in words: what it is called, who plays, how long it is."""
    title = score.info.get("title", "")
    names = ", ".join(part.name or f"part {number}" for number, part in enumerate(score.parts, 1)) or "no parts"
    n_bars, n_notes = len(score.bars), len(score.notes)
    return f"Score{f' “{title}”' if title else ''}: {names}; {n_bars} bars, {n_notes} notes"


def _asked() -> Collection[str]:
    """What the one who asks can show: IPython in a terminal asks like a notebook, and would wait for a page in vain."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    formatter = getattr(shell, "display_formatter", None)
    return (TEXT, HTML) if formatter is None else tuple(formatter.active_types)


def _sheets(score: Score, words: str) -> tuple[str, list[str]]:
    """The first pages as pictures, and what is to be said of them."""
    if not score.parts:
        return "", ["no page: the score has no parts"]
    try:
        # As high as its music: eight bars on a whole A4 would be a screen of white.
        drawings = render_pages(score, adjustPageHeight=True, pageMarginBottom=FOOT)
    except RenderError as error:
        return "", [f"no page: {error}"]
    said = [str(notice) for notice in drawings[0].notices]
    if len(drawings) > MAX_PAGES:
        said.insert(0, f"the first {MAX_PAGES} of {len(drawings)} pages; write the score as .pdf to have them all")
    # Pictures, not elements of the notebook's page: glyphs have the same names in every score, and would be
    # taken from a cell above, even one that is hidden.
    return "".join(
        f'<img style="display:block;width:100%;max-width:{drawing.width / UNITS_PER_MM:g}mm;background:#fff"'
        f' alt="{escape(f"{words}; page {number}")}" src="{_uri("image/svg+xml", svg_of([drawing]).encode())}"/>'
        for number, drawing in enumerate(drawings[:MAX_PAGES], 1)
    ), said


def _player(score: Score) -> tuple[str, list[str]]:
    """A player with the sound in it, and what is to be said of that."""
    if not len(score.notes):
        return "", ["no sound: the score has no notes"]
    try:
        total = perform(score).seconds
        data, kind, seconds, said = _sound(score)
    except RenderError as error:
        return "", [f"no sound: {error}"]
    if total > seconds:
        said.insert(0, f"the first {seconds:.0f} of {total:.0f} seconds; write the score as .wav to hear it all")
    return f'<audio controls="controls" aria-label="Sound of the score" src="{_uri(kind, data)}"></audio>', said


def _sound(score: Score) -> tuple[bytes, str, float, list[str]]:
    """Bytes, their media type, how many seconds of the piece they may hold, and what is to be said."""
    seconds = MAX_SECONDS
    while True:
        rendering = render_sound(score, seconds=seconds)
        try:
            # Ogg of all that libsndfile writes: a sixth of FLAC, a third quicker and smaller than MP3.
            data = encode(rendering.samples, rendering.sample_rate, ".ogg")
        except RenderError:
            return *_wav(score), WAV_SECONDS, [str(notice) for notice in rendering.notices]
        if len(data) <= MAX_SOUND_BYTES:
            return data, "audio/ogg", seconds, [str(notice) for notice in rendering.notices]
        # Dense music: as much as fits at its own rate, the tail left out of account.
        seconds = 0.9 * min(seconds, rendering.seconds) * MAX_SOUND_BYTES / len(data)


def _wav(score: Score) -> tuple[bytes, str]:
    """Mono at half the rate, where libsndfile knows no Vorbis."""
    rendering = render_sound(score, seconds=WAV_SECONDS)
    mono = rendering.samples.mean(axis=1)
    mono = mono[: len(mono) // WAV_THINNED * WAV_THINNED].reshape(-1, WAV_THINNED).mean(axis=1)
    return encode(mono[:, None], rendering.sample_rate // WAV_THINNED, ".wav"), "audio/wav"


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{b64encode(data).decode('ascii')}"
