"""Who plays from staves: a pianist's two hands, a string quartet, or the players of a user's own network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from stretto.engine.staff_weights import StavesWeights, load_staves
from stretto.errors import RequestError

WEIGHTS = files("stretto.engine").joinpath("data")
"""Where the networks lie that ship."""

VIOLIN, VIOLA, CELLO = (55, 62, 69, 76), (48, 55, 62, 69), (36, 43, 50, 57)
"""Open strings, MIDI pitches from the lowest."""

REACH = 16
"""Semitones that a hand holds and strikes together: a tenth."""


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """What its players can do, and where its network is."""

    name: str
    """The word of the user: "keyboard", "quartet", or "staves" for a network of a folder."""
    staves: tuple[str, ...]
    """From the top."""
    ranges: tuple[tuple[int, int], ...]
    """MIDI pitches of each staff."""
    other_names: Mapping[str, int] = field(default_factory=dict)
    """Other words for the staves."""
    one_instrument: bool = False
    """All staves are played on one instrument, so that a key that is down cannot be struck by the other hand."""
    reach: int = 0
    """Semitones that one staff can hold and strike together; 0 = any."""
    strings: tuple[tuple[int, ...], ...] = ()
    """Open strings of each player, from the lowest; none = it has no strings."""
    path: Path | None = None
    """The network; None = the one that ships under `name`."""

    def staff_called(self, name: str) -> int:
        """The staff of a name.

        Raises:
            RequestError: there is none.
        """
        word = " ".join(name.lower().replace("-", " ").split())
        if word in self.staves:
            return self.staves.index(word)
        if word in self.other_names:
            return self.other_names[word]
        raise RequestError(f"{name!r} is no staff of the {self.name}; it has {', '.join(self.staves)}")

    def weights(self) -> StavesWeights:
        """The network.

        Raises:
            RequestError: it is not installed, or no network of staves.
        """
        if self.path is not None:
            return read_once(self.path)
        path = Path(str(WEIGHTS.joinpath(f"{self.name}.safetensors")))
        if not path.exists():
            raise RequestError(
                f"the {self.name} network is not installed ({path.name} is missing): install Stretto anew, or train "
                f"one with `stretto train --recipe {self.name}`"
            )
        return read_once(path)

    def with_network(self, path: Path) -> Ensemble:
        """The same players with another network of theirs."""
        return replace(self, path=path)


KEYBOARD = Ensemble(
    name="keyboard",
    staves=("right hand", "left hand"),
    ranges=((21, 108), (21, 108)),
    other_names={
        "right": 0, "rh": 0, "upper": 0, "treble": 0, "1": 0, "left": 1, "lh": 1, "lower": 1, "bass": 1, "2": 1,
        "righthand": 0, "lefthand": 1,
    },
    one_instrument=True,
    reach=REACH,
)  # fmt: skip

QUARTET = Ensemble(
    name="quartet",
    staves=("violin 1", "violin 2", "viola", "cello"),
    ranges=((55, 100), (55, 96), (48, 88), (36, 81)),
    other_names={
        "violin": 0, "violin i": 0, "violin1": 0, "first violin": 0, "vln 1": 0, "vl 1": 0, "1": 0, "violini": 0,
        "violin ii": 1, "violin2": 1, "second violin": 1, "vln 2": 1, "vl 2": 1, "2": 1, "violinii": 1,
        "va": 2, "vla": 2, "3": 2, "violoncello": 3, "vc": 3, "'cello": 3, "4": 3, "bass": 3,
    },
    strings=(VIOLIN, VIOLIN, VIOLA, CELLO),
)  # fmt: skip

ENSEMBLES = {ensemble.name: ensemble for ensemble in (KEYBOARD, QUARTET)}
"""Those that ship, beside the choir."""

CHOIR = "choir"
"""The word for the four voices that `verbs` itself writes for."""


def ensemble_called(name: str) -> Ensemble | None:
    """The ensemble of a name; None = the choir.

    Raises:
        RequestError: there is none.
    """
    if name == CHOIR:
        return None
    if name not in ENSEMBLES:
        raise RequestError(f"ensemble {name!r} is not known; there are {', '.join((CHOIR, *ENSEMBLES))}")
    return ENSEMBLES[name]


def ensemble_of_network(path: Path) -> Ensemble:
    """The players of a network that `stretto train` wrote.

    Args:
        path: its file, or the folder of its run.

    Raises:
        RequestError: there is none.
    """
    path = network_file(path)
    shape = read_once(path).shape
    for known in ENSEMBLES.values():
        if shape.staves == known.staves:
            return known.with_network(path)
    return Ensemble(name="staves", staves=shape.staves, ranges=shape.ranges, path=path)


def network_file(path: Path) -> Path:
    """The file of a network, if a folder is named that of the run in it.

    Raises:
        RequestError: there is none, or there are several.
    """
    if not path.is_dir():
        if not path.exists():
            raise RequestError(f"{path}: there is no such network; name a .safetensors file, or the folder of a run")
        return path
    # `best` is what a run that goes on keeps beside its checkpoint; what it exports is named after its recipe.
    found = [file for file in sorted(path.glob("*.safetensors")) if file.stem != "best"]
    if not found and (path / "best.safetensors").exists():
        raise RequestError(
            f"{path}: this run has written no network yet; stretto train --resume -o {path} goes on with it"
        )
    if len(found) != 1:
        what = "no network" if not found else f"{len(found)} networks"
        raise RequestError(f"{path}: there {'is' if not found else 'are'} {what} in it; name the .safetensors file")
    return found[0]


@cache
def read_once(path: Path) -> StavesWeights:
    """A network, kept for the next call."""
    return load_staves(path)


@cache
def shipped_habits() -> dict[str, Any]:
    """What real pieces of each ensemble and style do, counted over the training music; see `verbs.staves.habits`."""
    file = WEIGHTS.joinpath("staves.json")
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
