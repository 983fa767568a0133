"""An LSTM that trains swiftly on a processor: the gradient of its weights is one product over all steps at once.

The library's own adds to the gradient of the recurrent weights step by step, which for few pieces side by side costs
more than all else; here the steps go back through the state alone, and the weights' gradients follow in one product.

Source: Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997), with forget gates (Gers et al. 2000).
"""

# Shapes: B pieces, T steps, I input, H hidden, G = 4 H gates in torch's order: input, forget, cell, output.

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class SwiftLstm(nn.LSTM):
    """One layer, pieces first; names, sizes and results of `torch.nn.LSTM`."""

    def __init__(self, n_input: int, n_hidden: int) -> None:
        """Make the weights, at random."""
        super().__init__(n_input, n_hidden, batch_first=True)

    weight_ih_l0: nn.Parameter
    weight_hh_l0: nn.Parameter
    bias_ih_l0: nn.Parameter
    bias_hh_l0: nn.Parameter

    def forward(self, x_BTI: Tensor, state: None = None) -> tuple[Tensor, None]:  # type: ignore[override]
        """Every hidden state, from nothing on, (B, T, H)."""
        w_ih, w_hh, b_ih, b_hh = self.weight_ih_l0, self.weight_hh_l0, self.bias_ih_l0, self.bias_hh_l0
        kind = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else w_hh.dtype
        from_x_BTG = torch.nn.functional.linear(x_BTI, w_ih, b_ih + b_hh)
        return _Steps.apply(from_x_BTG.float() if kind != w_hh.dtype else from_x_BTG, w_hh, kind), None  # type: ignore[no-untyped-call]


class _Steps(torch.autograd.Function):
    """The recurrence, given what the input adds to the gates."""

    @staticmethod
    def forward(ctx: Any, from_x_BTG: Tensor, w_hh: Tensor, kind: torch.dtype) -> Tensor:
        b, t, g = from_x_BTG.shape
        n = g // 4
        by_hidden = w_hh.t().to(kind)
        z_TBG = from_x_BTG.transpose(0, 1).contiguous()
        c_TBH, h_TBH = z_TBG.new_zeros(t + 1, b, n), z_TBG.new_zeros(t + 1, b, n)
        for step in range(t):
            z = z_TBG[step]
            z += h_TBH[step].to(kind) @ by_hidden
            z[:, : 2 * n].sigmoid_()
            z[:, 2 * n : 3 * n].tanh_()
            z[:, 3 * n :].sigmoid_()
            c = torch.addcmul(z[:, n : 2 * n] * c_TBH[step], z[:, :n], z[:, 2 * n : 3 * n], out=c_TBH[step + 1])
            torch.mul(z[:, 3 * n :], c.tanh(), out=h_TBH[step + 1])
        ctx.save_for_backward(z_TBG, c_TBH, h_TBH, w_hh)
        ctx.kind = kind
        return h_TBH[1:].transpose(0, 1)

    @staticmethod
    def backward(ctx: Any, out_BTH: Tensor) -> tuple[Tensor, Tensor, None]:
        z_TBG, c_TBH, h_TBH, w_hh = ctx.saved_tensors
        t, b, g = z_TBG.shape
        n = g // 4
        by_gates = w_hh.to(ctx.kind)
        i, f, cell, o = z_TBG.split(n, 2)
        tanh_c = c_TBH[1:].tanh()
        # What a change of the cell, or of the output, does to each gate before its own curve.
        to_i, to_f = cell * i * (1 - i), c_TBH[:-1] * f * (1 - f)
        to_cell, to_o, through = i * (1 - cell * cell), tanh_c * o * (1 - o), o * (1 - tanh_c * tanh_c)
        dz_TBG = torch.empty_like(z_TBG)
        dh, dc = out_BTH.new_zeros(b, n), out_BTH.new_zeros(b, n)
        for step in range(t - 1, -1, -1):
            dh = dh + out_BTH[:, step]
            dc = torch.addcmul(dc, dh, through[step])
            dz = dz_TBG[step]
            torch.mul(dc, to_i[step], out=dz[:, :n])
            torch.mul(dc, to_f[step], out=dz[:, n : 2 * n])
            torch.mul(dc, to_cell[step], out=dz[:, 2 * n : 3 * n])
            torch.mul(dh, to_o[step], out=dz[:, 3 * n :])
            dh = (dz.to(ctx.kind) @ by_gates).to(dh.dtype)
            dc = dc * f[step]
        dw = dz_TBG.flatten(0, 1).t().to(ctx.kind) @ h_TBH[:-1].flatten(0, 1).to(ctx.kind)
        return dz_TBG.transpose(0, 1), dw.to(w_hh.dtype), None
