"""One ABC tune, line by line: header fields, directives, voices and their music."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from stretto.score.abc_fields import KeyField, parameters, parse_clef, parse_key, parse_length, parse_meter, parse_tempo
from stretto.score.abc_layout import PartPlan, parse_layout
from stretto.score.abc_lyrics import set_symbols, set_words
from stretto.score.abc_names import INFO_FIELDS
from stretto.score.abc_text import Line, Spot, plain
from stretto.score.abc_voice import VoiceReader
from stretto.score.tally import Tally

MAX_VOICES = 100
_BODY_FIELDS = "KLMQP"
_SILENT_DIRECTIVES = ("abc-charset", "abc-version", "abc-creator", "abc-include", "linebreak", "decoration")


@dataclass(slots=True)
class VoiceHead:
    """What V: and %%MIDI say about a voice."""

    name: str = ""
    abbreviation: str = ""
    program: int = -1
    percussion: bool = False
    hyphens: dict[int, bool] = field(default_factory=dict)
    """Verse -> its last line ended inside a word."""


class TuneReader:
    """Takes the lines of a tune; afterwards holds its voices, layout and info."""

    def __init__(self, tally: Tally) -> None:
        """Nothing read yet."""
        self.tally = tally
        self.info: dict[str, str] = {}
        self.voices: dict[str, VoiceReader] = {}
        self.heads: dict[str, VoiceHead] = {}
        self.layout: list[PartPlan] = []
        self._in_header = True
        self._unit: Fraction | None = None
        self._meter: tuple[int, int, str, bool] | None = None
        self._tempo: tuple[str, Spot] | None = None
        self._key: tuple[KeyField, Spot] | None = None
        self._declared: list[tuple[str, Spot]] = []
        self._symbols: dict[str, str] = {}
        self._propagate = "pitch"
        self._default_head = VoiceHead()
        self._now = ""
        self._default_octaves = 0

    def read(self, lines: list[Line]) -> None:
        """Read the whole tune.

        Raises:
            ScoreReadError: a field that cannot be read, or a tune without music.
        """
        for line in lines:
            if line.field == "%":
                self._directive(line)
            elif not line.field:
                self._music(line)
            elif self._in_header:
                self._header_field(line)
            else:
                self._body_field(line)
        end = Spot(lines[-1].spot.file, lines[-1].spot.line) if lines else Spot("", 0)
        for voice in self.voices.values():
            voice.finish(end)

    # ---- header ------------------------------------------------------------------------------------

    def _header_field(self, line: Line) -> None:
        text, spot = line.text, line.spot
        if line.field == "K":
            self._key = (self._parse_key(text, spot), spot)
            self._end_header(spot)
        elif line.field == "L":
            self._unit = parse_length(text, spot)
        elif line.field == "M":
            self._meter = self._parse_meter(text, spot)
        elif line.field == "Q":
            self._tempo = (text, spot)
        elif line.field == "V":
            self._declared.append((text, spot))
            self._now = text.split()[0] if text.split() else ""
        elif line.field == "U":
            self._define(text, spot)
        elif line.field in "wsm":
            self.tally.add("w:, s: and m: fields in the header left out", spot)
        else:
            self._inform(line)

    def _inform(self, line: Line) -> None:
        """Title, composer and the like; several lines of one kind are kept as lines."""
        text = plain(line.text)
        if line.field == "T":
            key = "subtitle" if "title" in self.info else "title"
        elif line.field == "W":
            key = "words"
        elif line.field == "r":
            return
        elif line.field == "N" and (match := re.match(r"([a-z-]+): (.*)", text)):
            key, text = match.groups()
        elif line.field not in INFO_FIELDS:
            self.tally.add("fields that ABC does not have left out", line.spot)
            return
        else:
            key = INFO_FIELDS[line.field]
        if (key, text) == ("number", "1"):
            return
        if text:
            self.info[key] = self.info[key] + "\n" + text if key in self.info else text

    def _parse_key(self, text: str, spot: Spot) -> KeyField:
        key = parse_key(text, spot)
        if key.unknown:
            self.tally.add("words in K: that mean nothing in ABC left out", f"{spot} ({key.unknown[0]})")
        return key

    def _parse_meter(self, text: str, spot: Spot) -> tuple[int, int, str, bool] | None:
        meter = parse_meter(text, spot)
        if meter and meter[3]:
            self.tally.add("additive metres kept only as their sum", spot)
        return meter

    def _end_header(self, spot: Spot) -> None:
        self._in_header = False
        if self._key is None:
            self.tally.add("no K: field; read without a key signature", spot)
        for text, where in self._declared:
            self._choose_voice(text, where)
        if len(self.voices) > 0:
            self._now = next(iter(self.voices))

    def _define(self, text: str, spot: Spot) -> None:
        match = re.fullmatch(r"\s*([H-Wh-w~])\s*=\s*[!+](.*)[!+]\s*", text)
        if match is None:
            self.tally.add("U: fields that cannot be read left out", spot)
            return
        name = "" if match.group(2) in ("nil", "none") else match.group(2)
        self._symbols[match.group(1)] = name
        for voice in self.voices.values():
            voice.symbols[match.group(1)] = name

    # ---- directives ----------------------------------------------------------------------------------

    def _directive(self, line: Line) -> None:
        word, _, rest = line.text.partition(" ")
        rest = rest.strip()
        if word in ("score", "staves"):
            if self.layout:
                self.tally.add("changes of %%score inside the tune left out", line.spot)
            else:
                self.layout = parse_layout(rest, line.spot, staves=word == "staves")
        elif word == "propagate-accidentals" and rest in ("not", "octave", "pitch"):
            self._propagate = rest
            for voice in self.voices.values():
                voice.pitches.propagate = rest
        elif word == "MIDI" and re.match(r"program\s+(\d+\s+)?\d+$|channel\s+\d+$|transpose\s+[+-]?(12|24|36)$", rest):
            self._midi(rest)
        elif word == "abc-copyright":
            self.info["rights"] = plain(rest)
        elif word == "abc-edited-by":
            self.info["editor"] = plain(rest)
        elif word not in _SILENT_DIRECTIVES:
            self.tally.add("directives (%% or I:) for layout and playback left out", line.spot)

    def _midi(self, rest: str) -> None:
        number = int(rest.split()[-1][:4])
        if rest.startswith("transpose"):
            # Whole octaves: older files type low voices high and let the player put them right.
            self._default_octaves = number // 12
            if self._now in self.voices:
                self.voices[self._now].pitches.octaves += number // 12
            return
        head = self._default_head
        if self._now:
            head = self.heads.setdefault(self._now, VoiceHead())
        if rest.startswith("channel"):
            head.percussion = number == 10
        elif number <= 127:
            head.program = number

    # ---- body ------------------------------------------------------------------------------------------

    def _body_field(self, line: Line) -> None:
        text, spot = line.text, line.spot
        if line.field == "V":
            self._choose_voice(text, spot)
        elif line.field == "w":
            self._words(text, spot)
        elif line.field == "s":
            for event, symbol in set_symbols(text, self._voice(spot).line_items, self.tally, spot):
                if symbol.startswith('"'):
                    event.texts.append(symbol.strip('"'))
                else:
                    event.decorations.append(self._voice(spot).symbols.get(symbol, symbol.strip("!")))
        elif line.field in _BODY_FIELDS:
            self.set_field(self._voice(spot), line.field, text, spot)
        elif line.field == "U":
            self._define(text, spot)
        elif line.field == "W":
            self._inform(line)
        elif line.field in "TXm":
            self.tally.add("T: and m: fields inside the tune left out", spot)
        elif line.field != "r":
            self._inform(line)

    def _words(self, text: str, spot: Spot) -> None:
        voice = self._voice(spot)
        hyphens = self.heads[voice.ident].hyphens
        voice.verses += 1
        in_word = hyphens.get(voice.verses, False)
        hyphens[voice.verses] = set_words(text, voice.line_items, voice.verses, in_word, self.tally, spot)

    def _music(self, line: Line) -> None:
        if self._in_header:
            self._end_header(line.spot)
        begun: set[str] = set()
        at = 0
        for match in re.finditer(r"\[V:([^\]]*)\]|$", line.text):
            text = line.text[at : match.start()]
            if text.strip():
                voice = self._voice(line.spot)
                if voice.ident not in begun:
                    voice.begin_line()
                    begun.add(voice.ident)
                voice.feed(line, text, at + 1)
            if match.group(1) is not None:
                self._choose_voice(match.group(1), Spot(line.spot.file, line.spot.line, match.start() + 1))
            at = match.end()

    def set_field(self, voice: VoiceReader, letter: str, text: str, spot: Spot) -> None:
        """A K:, L:, M:, Q: or P: field in the body, on its own line or inline."""
        if letter == "K":
            voice.set_key(self._parse_key(text, spot), spot)
        elif letter == "L":
            voice.unit = parse_length(text, spot)
        elif letter == "M":
            self._set_meter(voice, self._parse_meter(text, spot), spot)
        elif letter == "Q":
            voice.change("tempo", parse_tempo(text, voice.unit, spot), spot)
        elif letter == "P":
            voice.change("rehearsal", plain(text), spot)
        elif letter == "U":
            self._define(text, spot)
        elif letter == "I":
            self._directive(Line(spot, "%", text))
        elif letter not in "rN":
            self.tally.add("inline fields left out", spot)

    def _set_meter(self, voice: VoiceReader, meter: tuple[int, int, str, bool] | None, spot: Spot) -> None:
        voice.bar_length = Fraction(meter[0], meter[1]) if meter else None
        voice.compound = bool(meter) and meter is not None and meter[0] % 3 == 0 and meter[0] > 3
        voice.change("meter", meter, spot)

    # ---- voices ------------------------------------------------------------------------------------------

    def _voice(self, spot: Spot) -> VoiceReader:
        if not self._now or self._now not in self.voices:
            self._choose_voice(self._now or "1", spot)
        return self.voices[self._now]

    def _choose_voice(self, text: str, spot: Spot) -> None:
        ident, _, rest = text.strip().partition(" ")
        if not ident:
            raise spot.error("V: names no voice; write V:1 or V:Tenor")
        if ident == "*":
            self.tally.add("V:* fields left out", spot)
            return
        self._now = ident
        if ident not in self.voices:
            if len(self.voices) >= MAX_VOICES:
                raise spot.error(f"over {MAX_VOICES} voices, which no score has; check the V: fields")
            self._open_voice(ident, spot)
        if rest.strip():
            self._describe(self.voices[ident], rest, spot)

    def _open_voice(self, ident: str, spot: Spot) -> None:
        voice = VoiceReader(ident, self.tally, self.set_field)
        self.voices[ident] = voice
        head = self.heads.setdefault(ident, VoiceHead())
        if head.program < 0:
            head.program = self._default_head.program
        voice.symbols.update(self._symbols)
        voice.pitches.propagate = self._propagate
        voice.pitches.octaves = self._default_octaves
        short = self._meter is not None and Fraction(self._meter[0], self._meter[1]) < Fraction(3, 4)
        voice.unit = self._unit or Fraction(1, 16 if short else 8)
        if self._meter is not None:
            self._set_meter(voice, self._meter, spot)
        if self._key is not None:
            voice.set_key(*self._key)
        if self._tempo is not None and len(self.voices) == 1:
            voice.change("tempo", parse_tempo(self._tempo[0], voice.unit, self._tempo[1]), self._tempo[1])

    def _describe(self, voice: VoiceReader, text: str, spot: Spot) -> None:
        named, bare = parameters(text)
        head = self.heads[voice.ident]
        head.name = named.pop("name", named.pop("nm", head.name))
        for short in ("subname", "snm", "sname"):
            head.abbreviation = named.pop(short, head.abbreviation)
        key = KeyField(rest={{"m": "middle", "t": "transpose"}.get(name, name): value for name, value in named.items()})
        clef = key.rest.pop("clef", "")
        for word in [clef, *bare]:
            key.clef = parse_clef(word) or key.clef
        if clef and key.clef is None:
            raise spot.error(f"clef={clef} is no clef; write treble, alto, tenor, bass or perc")
        if key.clef is not None or {"octave", "middle", "transpose"} & set(key.rest):
            voice.set_key(key, spot)
        if any(name not in ("octave", "middle", "transpose") for name in key.rest):
            self.tally.add("V: settings of layout left out", spot)
