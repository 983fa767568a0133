"""The page comes from this server whole: its files, its lists and its sounds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

if TYPE_CHECKING:
    from studio_client import Client

STATIC = Path(__file__).parents[3] / "src" / "stretto" / "studio" / "static"


def test_the_page_and_all_that_it_names_are_served(client: Client) -> None:
    html = client.get("/").body.decode()
    named = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(named) >= 4
    for path in named:
        answer = client.get(path)
        assert answer.status == 200
        assert answer.headers["cache-control"] == "no-cache"


def test_the_page_has_no_script_or_style_of_its_own_and_names_no_other_host(client: Client) -> None:
    html = client.get("/").body.decode()
    assert not re.search(r"<script>|<style|style=|\son[a-z]+=|https?:", html)


def test_each_library_in_the_page_brings_its_licence() -> None:
    licences = {path.stem for path in (STATIC / "licences").glob("*.txt")}
    assert licences == {"fflate", "spessasynth_core", "spessasynth_lib", "stb-vorbis"}


def test_the_sounds_are_those_that_ship(client: Client) -> None:
    answer = client.get("/api/soundfont")
    assert answer.body[:4] == b"RIFF" and answer.body[8:12] == b"sfbk"
    assert client.get("/api/soundfont", **{"If-None-Match": answer.headers["etag"]}).status in (200, 304)


def test_the_lists_offer_what_the_networks_have_learned(client: Client) -> None:
    told = client.get("/api/choices").json
    ensembles = {own["name"]: own for own in told["ensembles"]}
    assert list(ensembles) == ["choir", "keyboard", "quartet"]
    assert "bach" in ensembles["choir"]["styles"] and "chopin" in ensembles["keyboard"]["styles"]
    assert all("4/4" in own["meters"] and "3/4" in own["meters"] for own in ensembles.values())


def test_every_key_on_the_list_is_one_that_can_be_composed_in(client: Client) -> None:
    from stretto.theory.key import parse_key

    for name in client.get("/api/choices").json["keys"]:
        assert name.endswith(parse_key(name).mode)
