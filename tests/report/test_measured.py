"""A choir is measured by its voices, whatever doubles them."""

from __future__ import annotations

import numpy as np
from drawn_pieces import LINES, choir, hymn

from stretto.report.measured import measure_score
from stretto.score.model import Part

DOUBLED = "G2 E2 D2 G2 A2 G2 D2:2 G2 C2 D2 E2 D2 D2 G1:2"


def test_a_choir_with_a_continuo_is_measured_as_the_choir_alone() -> None:
    whole = choir(*LINES, DOUBLED, key="G major", fermatas=(6, 14), info={"title": "Drawn hymn"})
    names = ("Soprano", "Alto", "Tenor", "Bass", "Continuo")
    found = measure_score(whole.evolve(parts=[Part(name=name) for name in names]))
    alone = measure_score(hymn())
    names_of = list(alone.values)
    np.testing.assert_allclose([found.values[n] for n in names_of], [alone.values[n] for n in names_of], equal_nan=True)
    assert found.surprise is not None and found.tally == alone.tally and not found.unmeasured
    assert "measured by its four voices, without Continuo" in found.said
    assert len(found.score.notes) == len(whole.notes)
