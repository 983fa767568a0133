"""One worker for all tests of a process: it reads three networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from studio_client import Client

    from stretto.studio.workers.pool import Pool


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    from stretto.studio.workers.pool import Pool

    with Pool(workers=1) as pool:
        assert pool.wait_until_ready()
        yield pool


@pytest.fixture(scope="session")
def desk() -> Iterator[Pool]:
    pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")
    from stretto.studio.door.server import desk_pool

    with desk_pool(workers=1) as desk:
        yield desk


@pytest.fixture(scope="session")
def client(pool: Pool, desk: Pool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")
    from studio_client import studio

    with studio(pool, tmp_path_factory.mktemp("studio"), desk=desk) as client:
        yield client
