"""The same music twice is found, whatever its key or its note values; other music is not."""

from __future__ import annotations

import numpy as np
from drawn_hands import hands

from stretto.frames.staves import StaffMusic, staves_of_score
from stretto.score.model import Score
from stretto.train.twins import Twin, prints_of, twins_of


def music_of(score: Score) -> StaffMusic:
    return staves_of_score(score, [[0], [1]])[0]


def found(*musics: StaffMusic) -> list[Twin]:
    return twins_of([prints_of(music) for music in musics], musics, range(len(musics)))


def test_other_pieces_are_no_twins() -> None:
    assert found(*(music_of(hands(seed)) for seed in range(6))) == []


def test_a_transposed_copy_is_found_with_its_interval() -> None:
    assert found(music_of(hands(1)), music_of(hands(2)), music_of(hands(1, up=-3))) == [Twin(piece=2, of=0, up=-3)]


def test_note_values_do_not_hide_a_copy() -> None:
    music = music_of(hands(1))
    notes = music.notes.copy()
    notes["onset"] *= 2
    notes["duration"] *= 2
    slower = StaffMusic(notes=notes, end=2 * music.end, n_staves=2)
    assert [(twin.piece, twin.of) for twin in found(music, slower)] == [(1, 0)]


def test_a_copy_with_a_wrong_note_here_and_there_is_found() -> None:
    music = music_of(hands(1, n_bars=32))
    notes = music.notes.copy()
    notes["pitch"][np.arange(10, len(notes), 60)] += 1
    assert [twin.piece for twin in found(music, StaffMusic(notes=notes, end=music.end, n_staves=2))] == [1]


def test_an_excerpt_is_found_and_the_order_says_which_stays() -> None:
    whole = music_of(hands(1, n_bars=32))
    first = whole.notes[whole.notes["onset"] < whole.end // 2]
    excerpt = StaffMusic(notes=first, end=whole.end // 2, n_staves=2)
    musics = [excerpt, whole]
    twins = twins_of([prints_of(music) for music in musics], musics, [1, 0])
    assert [(twin.piece, twin.of) for twin in twins] == [(0, 1)]


def test_scales_and_trills_are_nobody_s_music() -> None:
    """A piece of nothing but one repeated move has no prints."""
    music = music_of(hands(1))
    notes = music.notes[music.notes["staff"] == 1].copy()
    notes["onset"], notes["pitch"] = 12 * np.arange(len(notes)), 40 + np.arange(len(notes)) % 2
    assert len(prints_of(StaffMusic(notes=notes, end=12 * len(notes) + 24, n_staves=2))) == 0
