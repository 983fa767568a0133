"""Which networks ship, for whoever asks what can be asked for."""

from __future__ import annotations

from functools import cache

from stretto.studio.programs.messages import Model, Models
from stretto.version import __version__


@cache
def shipped_models() -> Models:
    """Choir, keyboard and quartet, with their styles."""
    from stretto.frames.plan import STYLES
    from stretto.verbs import form
    from stretto.verbs.staves import request
    from stretto.verbs.staves.ensemble import CHOIR, ENSEMBLES
    from stretto.verbs.staves.styles import styles_of
    from stretto.verbs.voicing import VOICES

    choir = Model(ensemble=CHOIR, parts=list(VOICES), styles=list(STYLES), max_bars=form.MAX_BARS)
    others = [
        Model(ensemble=name, parts=list(players.staves), styles=styles_of(players), max_bars=request.MAX_BARS)
        for name, players in ENSEMBLES.items()
    ]
    return Models(version=__version__, models=[choir, *others])
