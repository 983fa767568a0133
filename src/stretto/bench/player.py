"""The trained networks of the benchmark, playing: new music, or what follows an opening."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch

from stretto.bench.entries import JSB16, entry
from stretto.bench.results import Result, stored_results
from stretto.bench.run import load_weights
from stretto.corpus.boulanger import N_PITCHES, Roll
from stretto.errors import RequestError
from stretto.frames.rolls import score_of_roll
from stretto.networks.roll import RollNetwork
from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.theory.key import estimate_key
from stretto.theory.spelling import spell_unspelled

TEMPO_QPM = Fraction(84)
BAR_QUARTERS = 4
MAX_BARS = 64
INSTALLED = Path(__file__).parent / "weights"
"""Weights that come with the wheel; from a checkout they lie in benchmarks/."""
CHECKOUT = Path(__file__).parents[3] / "benchmarks"


class Player:
    """One kept network of one set."""

    def __init__(self, folder: Path, result: Result) -> None:
        """Load its weights."""
        stored = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
        self.result = result
        made = entry(result.network)
        self.net: RollNetwork = made.network_class()(made.config_of(stored["network"]))
        lowest = int(stored["lowest"])
        self.pitches = slice(lowest, lowest + self.net.n_pitches)
        load_weights(self.net, folder)

    def play(self, n_frames: int, *, seed: int, opening: Roll | None = None) -> Roll:
        """A roll, (T, 88), that begins with the opening, if there is one."""
        first = None if opening is None else torch.from_numpy(np.ascontiguousarray(opening[:, self.pitches])).float()
        drawn = self.net.sample(n_frames, torch.Generator().manual_seed(seed), opening=first)
        roll = np.zeros((n_frames, N_PITCHES), np.uint8)
        roll[:, self.pitches] = drawn.numpy()
        return roll

    @property
    def bar_frames(self) -> int:
        """Frames of a bar of 4/4: those of the chorales are quarters, those of the other sets eighths."""
        return BAR_QUARTERS if self._plays_chorales else 2 * BAR_QUARTERS

    def score(self, roll: Roll, title: str) -> Score:
        """The roll on paper."""
        ticks = TICKS_PER_QUARTER * BAR_QUARTERS // self.bar_frames
        if self._plays_chorales:
            # The published set stands about an octave above the voices it was written for.
            roll = np.roll(roll, -12, axis=1)
        score = score_of_roll(roll, frame_ticks=ticks, tempo_qpm=TEMPO_QPM, title=title)
        if not len(score.notes):
            return score
        key = estimate_key(score)
        return spell_unspelled(score.evolve(keys=(key.signature,)), key=key)

    @property
    def _plays_chorales(self) -> bool:
        return self.result.set_name == "JSB_Chorales"


def weights_folder() -> Path:
    """Where kept weights lie on this machine."""
    return INSTALLED if INSTALLED.is_dir() else CHECKOUT


def players(weights: Path, set_name: str, networks: Sequence[str] = ()) -> list[Player]:
    """The first seed of each kept network of a set, or of those named.

    Raises:
        RequestError: the weights of one are not kept.
    """
    if set_name == JSB16:
        raise RequestError("jsb16 is played by stretto compose; name one of the sets of rolls")
    kept: dict[str, Player] = {}
    for folder, result in stored_results(weights):
        wanted = not networks or result.network in networks
        if result.set_name == set_name and wanted and result.network not in kept:
            kept[result.network] = Player(folder, result)
    for name in networks:
        if name not in kept:
            entry(name)  # a name that there is not gets its own message
            raise RequestError(
                f"{name}: no weights for {set_name} in {weights}; train them with stretto bench --network {name} "
                f"--set {set_name}"
            )
    if not kept:
        raise RequestError(f"{weights}: holds no weights for {set_name}; train some with stretto bench")
    return [kept[name] for name in (networks or kept)]


def compose_by(network: str, *, bars: int, seed: int) -> tuple[Score, str]:
    """A new piece by a kept network of JSB Chorales, and the network's title.

    Raises:
        RequestError: there is no such network, its weights are not kept, or the number of bars is out of range.
    """
    if not 1 <= bars <= MAX_BARS:
        raise RequestError(f"{bars} bars: give 1 to {MAX_BARS}")
    torch.set_num_threads(1)
    player = players(weights_folder(), "JSB_Chorales", [network])[0]
    roll = player.play(bars * BAR_QUARTERS, seed=seed)
    if not roll.any():
        raise RequestError(f"{network} drew nothing but silence from seed {seed}; try another --seed")
    return player.score(roll, f"{player.result.title}, seed {seed}"), player.result.title
