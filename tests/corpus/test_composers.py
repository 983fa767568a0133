"""Composers by the names that lists give them, and the periods they are heard as."""

from __future__ import annotations

import pytest

from stretto.corpus.composers import (
    COMPOSERS_KEYBOARD,
    COMPOSERS_QUARTET,
    PERIOD_OF,
    composer_period,
    composer_slug,
    period_of_year,
)
from stretto.frames.plan import PERIODS
from stretto.frames.staff_fields import MAX_COMPOSERS


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("BachJS", "bach"),
        ("BachCPE", "bach-cpe"),
        ("Chopin, Fryderyk", "chopin"),
        ("Chopin, Fr\u00e9d\u00e9ric", "chopin"),
        ("Mendelssohn-BartholdyF", "mendelssohn"),
        ("\u017bele\u0144ski, W\u0142adys\u0142aw", "zelenski"),
        ("Hensel, Fanny (Mendelssohn)", "hensel"),
        ("Schumann, Clara", "schumann-clara"),
        ("Schumann, Robert", "schumann"),
        ("Stefani, Jan", "stefani-jan"),
        ("Saint-Georges, Joseph Bologne", "saint-georges"),
        ("Anonymous", ""),
    ],
)
def test_a_name_is_a_slug(name: str, slug: str) -> None:
    """However the list spells it; families with several composers are told apart."""
    assert composer_slug(name) == slug


@pytest.mark.parametrize(
    ("slug", "dates", "period"),
    [
        ("handel", "", "baroque"),
        ("beethoven", "", "classical"),
        ("czerny", "1791-1857", "classical"),
        ("joplin", "", "modern"),
        ("somebody", "1765/09/25-1833/10/15", "classical"),
        ("somebody", "~1852-1937", "romantic"),
        ("somebody", "", ""),
        ("", "1800-1850", ""),
    ],
)
def test_a_period_is_an_idiom_and_else_a_date(slug: str, dates: str, period: str) -> None:
    """The table wins over the dates; nobody has none."""
    assert composer_period(slug, dates) == period


def test_prints_belong_to_the_period_of_their_year() -> None:
    """For anonymous music."""
    assert [period_of_year(y) for y in (1723, 1790, 1827, 1926)] == ["baroque", "classical", "romantic", "modern"]


def test_every_style_has_a_period_and_a_place_in_the_network() -> None:
    """Each name once."""
    for names in (COMPOSERS_KEYBOARD, COMPOSERS_QUARTET):
        assert len(set(names)) == len(names) <= MAX_COMPOSERS
    told_by_dates = {"moniuszko", "dobrzynski"}
    assert {*COMPOSERS_KEYBOARD, *COMPOSERS_QUARTET} - told_by_dates <= set(PERIOD_OF)
    assert set(PERIOD_OF.values()) == set(PERIODS)
