"""The networks that `stretto bench` knows, and how each is trained on each set.

Sizes and rates were tried on validation alone; `n_trials` says how many settings of them were.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import numpy as np

from stretto.corpus.boulanger import RollSet
from stretto.errors import RequestError
from stretto.networks.roll import Kind, RollBatch, RollNetwork
from stretto.train.rolls import Compass, RollRecipe

JSB16 = "jsb16"
OURS = "sparse_biaxial"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A network of the table."""

    name: str
    title: str
    network: str
    """Where its class is: module:Class."""
    sizes: Mapping[str, Any] = field(default_factory=dict)
    """Of the network's Config, where they differ from its own."""
    schedule: Mapping[str, Any] = field(default_factory=dict)
    by_set: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What differs on a set: fields of the schedule, and under "sizes" those of the Config."""
    n_trials: Mapping[str, int] = field(default_factory=dict)
    """Settings tried on a set, this one among them; one where nothing is said."""
    seeds: int = 1
    """Runs of the published table."""

    def network_class(self) -> type[RollNetwork]:
        """The class.

        Raises:
            RequestError: there is no such module or class, or it is no network on rolls.
        """
        module, name = self._module()
        made = getattr(module, name, None)
        if not (isinstance(made, type) and issubclass(made, RollNetwork)):
            raise RequestError(
                f"{self.network}: {name} is no stretto.networks.roll.RollNetwork; derive it from that class, "
                "as docs/benchmarks.md shows"
            )
        return made

    def config(self, n_pitches: int, sizes: Mapping[str, Any]) -> Any:
        """The network's Config for so many pitches."""
        module, _ = self._module()
        if not hasattr(module, "Config"):
            raise RequestError(f"{self.network}: its module has no Config with a field n_pitches; add one")
        try:
            config = module.Config(n_pitches=n_pitches, **sizes)
            asdict(config)
        except TypeError as cause:
            raise RequestError(
                f"{self.network}: its Config must be a dataclass of n_pitches and fields with defaults ({cause})"
            ) from cause
        return config

    def config_of(self, stored: Mapping[str, Any]) -> Any:
        """The network's Config from a stored recipe."""
        sizes: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in stored.items()}
        return self.config(sizes.pop("n_pitches"), sizes)

    def recipe(self, data: RollSet, seed: int) -> RollRecipe:
        """Everything a run needs to know.

        Raises:
            RequestError: the network is a stranger's, and cannot be made or asked.
        """
        compass = Compass.of(data.train)
        here = dict(self.by_set.get(data.name, {}))
        sizes = {**self.sizes, **here.pop("sizes", {})}
        schedule = {**self.schedule, **here, "name": f"{data.name} {self.name}", "seed": seed}
        network = self.config(compass.n_pitches, sizes)
        if not self.ships:
            check_network(self.network, self.network_class(), network)
        return RollRecipe(
            set_name=data.name,
            network=network,
            lowest=compass.lowest,
            data=data.fingerprint(),
            code="" if self.ships else self._fingerprint(),
            **schedule,
        )

    @property
    def kind(self) -> Kind:
        """What its nats are."""
        return self.network_class().kind

    def _module(self) -> tuple[ModuleType, str]:
        module, _, name = self.network.partition(":")
        here = str(Path.cwd())
        if here not in sys.path:  # so that a module beside the user is found, as with python -m
            sys.path.insert(0, here)
        try:
            return importlib.import_module(module), name
        except Exception as cause:  # whatever a stranger's module does
            raise RequestError(f"{self.network}: cannot be imported ({cause}); name it module:Class") from cause

    @property
    def ships(self) -> bool:
        """Whether the network is one of stretto's own."""
        return self.network.startswith("stretto.")

    def _fingerprint(self) -> str:
        source = self._module()[0].__file__
        return hashlib.sha256(Path(source).read_bytes()).hexdigest()[:16] if source else ""


_SMALL_STEPS = {"learning_rate": 0.003, "n_steps": 2500, "check_every": 125}
_LARGE_SETS = {"Nottingham": {"n_steps": 5000, "check_every": 250}, "MuseData": {"n_steps": 5000, "check_every": 250}}

_ESTIMATED = {"n_steps": 2400, "check_every": 400, "learning_rate": 0.01, "batch_pieces": 8}
"""Looked at seldom: every look is an estimate that takes longer than the training between two."""

_ENTRIES = (
    Entry(
        name=OURS,
        title="sparse biaxial (ours)",
        network="stretto.networks.sparse_biaxial:SparseBiaxial",
        sizes={"dropout": 0.3, "n_state": 96},
        schedule={
            "learning_rate": 0.01,
            "weight_decay": 0.05,
            "warmup_steps": 60,
            "n_steps": 1500,
            "check_every": 100,
            "bfloat16": True,
        },
        by_set={
            "Nottingham": {"sizes": {"dropout": 0.2, "n_state": 160}, "learning_rate": 0.007, "n_steps": 2500},
            "MuseData": {
                "sizes": {"dropout": 0.15, "n_state": 192},
                "learning_rate": 0.007,
                "n_steps": 3000,
                "check_every": 250,
            },
            "Piano_midi": {"sizes": {"dropout": 0.3, "n_state": 160}, "learning_rate": 0.008, "n_steps": 1500},
        },
        n_trials={"JSB_Chorales": 14, "Nottingham": 2, "MuseData": 2, "Piano_midi": 2, JSB16: 11},
        seeds=3,
    ),
    Entry(
        name="rnn_nade",
        title="RNN-NADE",
        network="stretto.networks.rnn_nade:RnnNade",
        schedule={"learning_rate": 0.006, "n_steps": 4000, "check_every": 200},
        by_set=_LARGE_SETS,
        n_trials={"JSB_Chorales": 2},
        seeds=3,
    ),
    Entry(
        name="nade",
        title="NADE per frame, no past",
        network="stretto.networks.nade:Nade",
        schedule={"learning_rate": 0.01, "n_steps": 4000, "check_every": 200},
        n_trials={"JSB_Chorales": 2},
    ),
    Entry(
        name="feed_forward",
        title="feed-forward, window of 8",
        network="stretto.networks.feed_forward:FeedForward",
        schedule=_SMALL_STEPS,
        by_set=_LARGE_SETS,
    ),
    Entry(
        name="elman",
        title="Elman RNN",
        network="stretto.networks.elman:Elman",
        schedule=_SMALL_STEPS,
        by_set=_LARGE_SETS,
    ),
    Entry(name="gru", title="GRU", network="stretto.networks.gru:Gru", schedule=_SMALL_STEPS, by_set=_LARGE_SETS),
    Entry(name="lstm", title="LSTM", network="stretto.networks.lstm:Lstm", schedule=_SMALL_STEPS, by_set=_LARGE_SETS),
    Entry(
        name="biaxial2015",
        title="biaxial RNN of 2015, as published",
        network="stretto.networks.biaxial2015:Biaxial2015",
        # As in its code: ten windows of 128 frames, Adadelta on their summed loss with each gradient clipped at 5, no
        # decay, no average. Not as there: 1,600 steps (there 10,000), half precision, windows from anywhere.
        schedule={
            "optimiser": "adadelta",
            "learning_rate": 1.0,
            "steady": True,
            "weight_decay": 0.0,
            "average": 0.0,
            "loss_scale": 1280.0,
            "clip_norm": 5.0,
            "clip_each": True,
            "batch_pieces": 10,
            "max_frames": 128,
            "n_steps": 1600,
            "check_every": 80,
            "bfloat16": True,
        },
    ),
    Entry(
        name="bidirectional",
        title="bidirectional LSTM",
        network="stretto.networks.bidirectional:Bidirectional",
        schedule=_SMALL_STEPS,
        by_set=_LARGE_SETS,
    ),
    Entry(
        name="rbm",
        title="RBM per frame, no past",
        network="stretto.networks.rbm:Rbm",
        sizes={"n_gibbs": 10},
        schedule={**_ESTIMATED, "n_steps": 4000, "learning_rate": 0.02, "batch_pieces": 16},
        n_trials={"JSB_Chorales": 3},
    ),
    Entry(
        name="rnn_rbm",
        title="RNN-RBM",
        network="stretto.networks.rnn_rbm:RnnRbm",
        sizes={"n_gibbs": 15, "n_state": 200, "n_hidden": 200, "dropout": 0.4},
        schedule={**_ESTIMATED, "learning_rate": 0.012, "batch_pieces": 16, "weight_decay": 0.05},
        n_trials={"JSB_Chorales": 5},
    ),
    Entry(
        name="convolution",
        title="temporal convolution",
        network="stretto.networks.convolution:Convolution",
        schedule=_SMALL_STEPS,
        by_set=_LARGE_SETS,
    ),
)


def check_network(name: str, made: type[RollNetwork], config: Any) -> None:
    """Make a stranger's network and ask it once, before hours are spent on it.

    Raises:
        RequestError: it cannot be made, or does not answer as a RollNetwork does.
    """
    if made.kind not in get_args(Kind):
        raise RequestError(f"{name}: its kind is {made.kind!r}; one of {', '.join(get_args(Kind))}")
    try:
        net = made(config)
        batch = RollBatch.of([np.eye(3, config.n_pitches, dtype=np.uint8)] * 2)
        nats = net.eval().nll_per_frame(batch)
    except Exception as cause:  # whatever a stranger's network does
        raise RequestError(f"{name}: cannot be made or asked ({type(cause).__name__}: {cause})") from cause
    if nats.shape != batch.mask_BT.shape:
        raise RequestError(
            f"{name}: nll_per_frame of 2 pieces of 3 frames must be of shape (2, 3), and is {tuple(nats.shape)}"
        )


def entries() -> dict[str, Entry]:
    """All that ship, by name."""
    return {entry.name: entry for entry in _ENTRIES}


def entry(name: str) -> Entry:
    """One that ships, or a stranger's "module:Class".

    Raises:
        RequestError: there is none.
    """
    known = entries()
    if name not in known and (":" in name or "." in name):
        module, _, made = name.replace(":", ".").rpartition(".")
        return Entry(name=f"{module}.{made}", title=made, network=f"{module}:{made}")
    if name not in known:
        raise RequestError(f"no network {name!r}; there are {', '.join(known)}, or give module:Class for one of yours")
    return known[name]
