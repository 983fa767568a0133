"""One page on which the same opening is continued by each network: to be read, seen and heard without a net."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from stretto.bench.player import Player
from stretto.corpus.boulanger import LOWEST, N_PITCHES, Roll
from stretto.networks.roll import Kind
from stretto.render.drawing import svg_of
from stretto.render.roll import draw_roll
from stretto.render.sound import render_sound
from stretto.render.sound_file import encode
from stretto.score.model import Score
from stretto.score.opening import write_whole

OPENING_SET = "JSB_Chorales"
"""Of this set a piece comes with the package, so that the page can be had without any data."""
OPENING_FRAMES = 16
N_FRAMES = 64

_STYLE = """
body { font: 16px/1.5 sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
section { border-top: 1px solid #ccc; padding: 1rem 0 } svg { width: 100%; height: auto } audio { width: 100% }
h2 { margin: 0 } .figure { color: #555; margin: 0 0 .5rem }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #1b1b1b } .figure { color: #aaa }
  svg { background: #fff; border-radius: 4px } }
"""
_KINDS: dict[Kind, str] = {
    "joint": "nats a frame on test, exact",
    "independent": "nats a frame on test, pitches on their own",
    "estimate": "nats a frame on test, estimated",
    "gaps": "nats a frame on test inside gaps, past and future known",
}


def chorale_opening() -> Roll:
    """The first frames of the first test piece of JSB_Chorales."""
    text = (Path(__file__).parent / "data" / "opening.json").read_text(encoding="utf-8")
    frames: list[list[int]] = json.loads(text)["midi_pitches"]
    roll = np.zeros((len(frames), N_PITCHES), np.uint8)
    for row, pitches in zip(roll, frames, strict=True):
        row[[pitch - LOWEST for pitch in pitches]] = 1
    return roll


def write_listening_page(found: Sequence[Player], piece: Roll, path: Path, *, seed: int = 0) -> None:
    """Write the page.

    Args:
        found: the networks.
        piece: a real piece, (T, 88), whose opening is continued and which is heard first.
        path: the .html file.
        seed: of every draw.
    """
    set_name = found[0].result.set_name
    opening = piece[:OPENING_FRAMES]
    sections = [_section("As it was written", "the real piece", found[0].score(piece[:N_FRAMES], "As it was written"))]
    for player in sorted(found, key=lambda p: p.result.per_frame("test")):
        roll = player.play(N_FRAMES, seed=seed, opening=opening)
        figure = f"{player.result.per_frame('test'):.2f} {_KINDS[player.result.kind]}"
        sections.append(_section(player.result.title, figure, player.score(roll, player.result.title)))
    n_bars = OPENING_FRAMES // found[0].bar_frames
    text = (
        "<!doctype html><html lang='en'><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
        f"<title>One opening, {len(found)} networks</title><style>{_STYLE}</style>"
        f"<h1>One opening, {len(found)} networks</h1>"
        f"<p>The first {OPENING_FRAMES} frames, up to the end of bar {n_bars}, are those of a test piece of "
        f"{html.escape(set_name)}, which no network has seen in training; what follows is each network's own, drawn "
        "once, not chosen. The fewer nats, the less a network is surprised by real music. Rolls cannot tell held notes "
        "from repeated ones: here notes are held, and struck anew at barlines. Chorales sound an octave below the "
        "published rolls, where their voices lie."
        f"</p>{''.join(sections)}</html>\n"
    )
    write_whole(path, text.encode(), force=True)


def _section(title: str, figure: str, score: Score) -> str:
    rendering = render_sound(score)
    sound = base64.b64encode(encode(rendering.samples, rendering.sample_rate, ".mp3")).decode()
    drawn = svg_of(draw_roll(score))
    drawn = drawn[drawn.index("<svg") :]  # no XML declaration inside a page
    name = html.escape(title)
    return (
        f"<section><h2>{name}</h2><p class='figure'>{html.escape(figure)}</p>{drawn}"
        f"<audio controls preload='none' aria-label='{name}' src='data:audio/mpeg;base64,{sound}'></audio></section>"
    )
