"""The swift LSTM says and learns what the library's says and learns."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from stretto.networks.swift_lstm import SwiftLstm  # noqa: E402


def test_states_and_gradients_are_those_of_the_library():
    torch.manual_seed(0)
    swift, plain = SwiftLstm(5, 7).double(), torch.nn.LSTM(5, 7, batch_first=True).double()
    plain.load_state_dict(swift.state_dict())
    x = torch.randn(3, 11, 5, dtype=torch.float64)
    weight = torch.randn(3, 11, 7, dtype=torch.float64)
    inputs = [x.clone().requires_grad_(), x.clone().requires_grad_()]
    states = [net(of)[0] for net, of in zip((swift, plain), inputs, strict=True)]
    for state in states:
        (state * weight).sum().backward()
    torch.testing.assert_close(states[0], states[1])
    torch.testing.assert_close(inputs[0].grad, inputs[1].grad)
    for name, of_plain in plain.named_parameters():
        torch.testing.assert_close(dict(swift.named_parameters())[name].grad, of_plain.grad)
