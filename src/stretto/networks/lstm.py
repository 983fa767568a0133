"""One layer of long short-term memory: a cell that gates protect, so that what is far back is not forgotten.

Source: Hochreiter and Schmidhuber, "Long Short-Term Memory" (Neural Computation 9, 1997), with the forget gate of Gers,
Schmidhuber and Cummins (2000); on these rolls Chung et al. (2014) and Bai, Kolter and Koltun (2018).
Departures: dropout before the output; AdamW and an average of the weights.
"""

from __future__ import annotations

from torch import nn

from stretto.networks.recurrent import Config, Recurrent

__all__ = ["Config", "Lstm"]


class Lstm(Recurrent):
    """See the head of this file."""

    cell = nn.LSTM
