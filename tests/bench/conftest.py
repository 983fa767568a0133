"""A benchmark run lets the processor round subnormal numbers to zero; tests that follow in its process must not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def keeps_subnormal_numbers() -> Iterator[None]:
    yield
    try:
        import torch
    except ImportError:
        return
    torch.set_flush_denormal(False)
