"""The token that a studio wants which others can reach: compared in constant time, and not to be guessed by trying."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field

TRIES = 10
"""Wrong tokens that one address may offer in `PERIOD_SECONDS`; then it is not listened to for as long."""

PERIOD_SECONDS = 60.0

MAX_ADDRESSES = 1000
"""Whose wrong tries are remembered."""


@dataclass
class _Tries:
    n: int
    since: float


@dataclass(frozen=True, eq=False)
class Tokens:
    """What proves that somebody may ask.

    >>> tokens = Tokens("a-token-of-24-letters")
    >>> tokens.is_cookie(tokens.cookie), tokens.is_token("wrong", "1.2.3.4")
    (True, False)
    """

    token: str
    _tries: OrderedDict[str, _Tries] = field(default_factory=OrderedDict)

    @property
    def cookie(self) -> str:
        """What a browser keeps: it cannot be guessed even where the token could, and does not give it away."""
        return hmac.new(self.token.encode(), b"cookie of the studio", hashlib.sha256).hexdigest()

    def is_cookie(self, offered: str) -> bool:
        """Whether it is the cookie."""
        return _same(offered, self.cookie)

    def is_token(self, offered: str, address: str) -> bool:
        """Whether it is the token; a wrong one is remembered against its address."""
        if _same(offered, self.token):
            return True
        now = time.monotonic()
        tries = self._tries.pop(address, _Tries(0, now))
        if now - tries.since > PERIOD_SECONDS:
            tries = _Tries(0, now)
        self._tries[address] = _Tries(tries.n + 1, now if tries.n + 1 == TRIES else tries.since)
        while len(self._tries) > MAX_ADDRESSES:
            self._tries.popitem(last=False)
        return False

    def is_guessing(self, address: str) -> bool:
        """Whether tokens from there are not listened to for now, right or wrong."""
        tries = self._tries.get(address)
        return tries is not None and tries.n >= TRIES and time.monotonic() - tries.since <= PERIOD_SECONDS


def _same(one: str, other: str) -> bool:
    """Compared in a time that tells nothing."""
    return secrets.compare_digest(one.encode("utf-8", "replace"), other.encode())
