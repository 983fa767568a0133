"""What all tests share: where the corpora lie, and which tests run only when asked."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, so that a change is blamed for what it broke; with --slow others are tried as well.
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    """Let slow runs try examples that have not been tried before."""
    if config.getoption("--slow"):
        settings.load_profile("default")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --slow."""
    parser.addoption("--slow", action="store_true", help="run the slow tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip, with a reason, what this machine or this call does not ask for."""
    has_torch = importlib.util.find_spec("torch") is not None
    for item in items:  # by marker, not by keyword: a folder tests/corpus is a keyword too
        if item.get_closest_marker("slow") and not config.getoption("--slow"):
            item.add_marker(pytest.mark.skip(reason="slow; run with --slow"))
        if item.get_closest_marker("train") and not has_torch:
            item.add_marker(pytest.mark.skip(reason="needs torch: pip install -e '.[test,train]'"))
        if item.get_closest_marker("corpus") and not os.environ.get("STRETTO_DATA"):
            item.add_marker(pytest.mark.skip(reason="needs STRETTO_DATA, the folder of the full corpora"))


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of the full corpora (mark the test `corpus`)."""
    return Path(os.environ["STRETTO_DATA"])


@pytest.fixture(autouse=True)
def keeps_subnormal_numbers() -> Iterator[None]:
    """A benchmark run lets the processor round subnormal numbers to zero; tests that follow it must not."""
    yield
    if "torch" in sys.modules:
        sys.modules["torch"].set_flush_denormal(False)
