"""The simple recurrent network: one layer of tanh units that hear the last frame and themselves.

Source: Elman, "Finding Structure in Time" (Cognitive Science 14, 1990); on these rolls
Boulanger-Lewandowski, Bengio and Vincent (ICML 2012).
Departures: tanh instead of logistic units, as usual since; dropout before the output; AdamW and an average of the
weights instead of Hessian-free optimisation.
"""

from __future__ import annotations

from torch import nn

from stretto.networks.recurrent import Config, Recurrent

__all__ = ["Config", "Elman"]


class Elman(Recurrent):
    """See the head of this file."""

    cell = nn.RNN
