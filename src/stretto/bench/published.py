"""Figures that others have published, in nats a frame on test; what could not be read at its source is marked."""

from __future__ import annotations

from dataclasses import dataclass

from stretto.networks.roll import Kind

JSB, NOTTINGHAM, MUSE, PIANO = "JSB_Chorales", "Nottingham", "MuseData", "Piano_midi"


@dataclass(frozen=True, kw_only=True)
class Published:
    """A row of a paper's table."""

    title: str
    kind: Kind
    per_frame: dict[str, float]
    source: str
    verified: bool = True
    """Read at the source, or quoted word for word by a paper that was read."""


_DMM = "Krishnan, Shalit and Sontag 2017, tables 3 and 4"
_LYU = "Lyu et al. 2015, table 1"
_TCN = "Bai, Kolter and Koltun 2018"

PUBLISHED = (
    Published(
        title="RNN-NADE, Hessian-free",
        kind="joint",
        per_frame={JSB: 5.19, NOTTINGHAM: 2.31, MUSE: 5.60, PIANO: 7.05},
        source=f"Boulanger-Lewandowski et al. 2012, as quoted by {_DMM}; {_LYU} has 5.56 on JSB",
    ),
    Published(title="RNN-NADE", kind="joint", per_frame={JSB: 5.83, MUSE: 6.74}, source=_LYU),
    Published(
        title="BALSTM",
        kind="joint",
        per_frame={JSB: 5.05, NOTTINGHAM: 1.55, MUSE: 3.90, PIANO: 4.90},
        source="Johnson 2017, recalled, not read again",
        verified=False,
    ),
    Published(
        title="TP-LSTM-NADE",
        kind="joint",
        per_frame={JSB: 5.88, NOTTINGHAM: 1.61, MUSE: 4.32, PIANO: 5.44},
        source="Johnson 2017, recalled, not read again",
        verified=False,
    ),
    Published(title="NADE", kind="joint", per_frame={JSB: 7.19, MUSE: 10.06}, source=_LYU),
    Published(
        title="temporal convolution (TCN)",
        kind="independent",
        per_frame={JSB: 8.10, NOTTINGHAM: 3.07},
        source=f"{_TCN}, table 1",
    ),
    Published(title="LSTM", kind="independent", per_frame={JSB: 8.45, NOTTINGHAM: 3.29}, source=f"{_TCN}, table 1"),
    Published(title="GRU", kind="independent", per_frame={JSB: 8.43, NOTTINGHAM: 3.46}, source=f"{_TCN}, table 1"),
    Published(
        title="Elman RNN", kind="independent", per_frame={JSB: 8.91, NOTTINGHAM: 4.05}, source=f"{_TCN}, table 1"
    ),
    Published(
        title="GRU",
        kind="independent",
        per_frame={JSB: 8.54, NOTTINGHAM: 3.23, MUSE: 5.99, PIANO: 8.82},
        source="Chung, Gulcehre, Cho and Bengio 2014, test",
    ),
    Published(
        title="LSTM",
        kind="independent",
        per_frame={JSB: 8.67, NOTTINGHAM: 3.20, MUSE: 6.23, PIANO: 9.03},
        source="Chung, Gulcehre, Cho and Bengio 2014, test",
    ),
    Published(
        title="RRU, tuned",
        kind="independent",
        per_frame={JSB: 7.72, NOTTINGHAM: 2.92, MUSE: 7.03, PIANO: 7.38},
        source="LUMII-Syslab/RRU, README, 2021",
    ),
    Published(title="MLP", kind="independent", per_frame={JSB: 8.70, MUSE: 7.94}, source=_LYU),
    Published(title="RBM", kind="estimate", per_frame={JSB: 7.43, MUSE: 9.56}, source=_LYU),
    Published(title="RNN-RBM", kind="estimate", per_frame={JSB: 6.27, MUSE: 6.01}, source=_LYU),
    Published(
        title="RNN-RBM",
        kind="estimate",
        per_frame={NOTTINGHAM: 2.39, PIANO: 7.09},
        source="Boulanger-Lewandowski et al. 2012, recalled",
        verified=False,
    ),
    Published(
        title="DMM",
        kind="estimate",
        per_frame={JSB: 6.388, NOTTINGHAM: 2.770, MUSE: 6.831, PIANO: 7.835},
        source=_DMM,
    ),
    Published(title="LSTM-RTRBM", kind="estimate", per_frame={JSB: 4.72, MUSE: 5.54}, source=_LYU),
    Published(
        title="NASMC",
        kind="estimate",
        per_frame={JSB: 3.99, NOTTINGHAM: 2.72, MUSE: 6.89, PIANO: 7.61},
        source="Gu, Ghahramani and Turner 2015",
    ),
    Published(
        title="DMM-Aug-NADE",
        kind="estimate",
        per_frame={JSB: 5.118, NOTTINGHAM: 2.305, MUSE: 6.049, PIANO: 7.048},
        source=_DMM,
    ),
    Published(
        title="DBN-LSTM",
        kind="estimate",
        per_frame={JSB: 3.47, NOTTINGHAM: 1.32, MUSE: 3.91, PIANO: 4.63},
        source="Vohra, Goel and Sahoo 2015, never reproduced; last two recalled",
        verified=False,
    ),
)

JSB16_NOTEWISE = {"Coconet, voices in order": 0.436, "Music Transformer": 0.335}
"""Nats a cell on the validation split, from the table of Huang et al. 2018 (Music Transformer): recalled, not read."""
