"""One layer of gated recurrent units: two gates decide what is kept and what is heard anew.

Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder" (EMNLP 2014); on these rolls
Chung et al., "Empirical Evaluation of Gated Recurrent Neural Networks on Sequence Modeling" (2014).
Departures:
    1. torch's GRU resets after the recurrent product, r * (U h + b), where Cho et al. have U (r * h).
    2. Dropout before the output; AdamW and an average of the weights instead of RMSProp with weight noise.
"""

from __future__ import annotations

from torch import nn

from stretto.networks.recurrent import Config, Recurrent

__all__ = ["Config", "Gru"]


class Gru(Recurrent):
    """See the head of this file."""

    cell = nn.GRU
