"""Composers as a user types them, and the period that each is heard as.

A period is an idiom, not a date: Czerny taught Beethoven's keyboard style until 1857, Reger's quartets are late
Romantic music of the twentieth century, ragtime is modern beside Brahms. Whoever is in no table is placed by date of
birth: who was thirty-five before 1760 is baroque, before 1820 classical, before 1910 romantic, later modern.
"""

from __future__ import annotations

import re
import unicodedata

COMPOSERS_KEYBOARD: tuple[str, ...] = (
    "bach", "handel", "haydn", "mozart", "beethoven", "czerny", "szymanowska", "oginski", "schubert", "mendelssohn",
    "hensel", "chopin", "schumann", "burgmuller", "moniuszko", "brahms", "wolf", "faure", "paderewski", "zelenski",
    "debussy", "satie", "joplin", "sousa",
)  # fmt: skip
"""Names that a keyboard network knows, in its order: at least eight pieces each, songs' accompaniments among them."""

COMPOSERS_QUARTET: tuple[str, ...] = (
    "haydn", "mozart", "beethoven", "saint-georges", "arriaga", "mendelssohn", "schumann", "dobrzynski", "mayer",
    "brahms", "borodin", "janacek",
)  # fmt: skip
"""The same of a quartet network, by movements."""

ACTIVE_AT = 35
"""Years after birth at which a composer writes as posterity remembers."""

_ENDS = ((1760, "baroque"), (1820, "classical"), (1910, "romantic"))

_PERIODS = {
    "baroque": (
        "bach handel scarlatti buxtehude froberger banchieri titelouze scheidemann weckmann fischer muffat grigny "
        "ritter zielenski marenzio arne gambarini"
    ),
    "classical": (
        "bach-cpe haydn mozart clementi beethoven czerny kuhlau wanhal vanhal pleyel andre spagnoletti kruetzer "
        "yaniewicz holland barcicki elsner kozlowski kosciuszko oginski winter schall mehul hoffmeister isouard "
        "grose boieldieu stefani-jan andrychowicz cybulski engel lessel reichardt reichardt-louise zelter "
        "schroter paradis zumsteeg shield abrams guest bishop gail duchambge saint-georges boccherini cherubini "
        "arriaga merlini bianchi-lacy"
    ),
    "romantic": (
        "schubert mendelssohn hensel chopin schumann schumann-clara liszt brahms burgmuller tchaikovsky grieg "
        "franck mussorgsky gottschalk ascher blumenthal pease pejacsevich albeniz delmet scriabin reger wolf "
        "strauss faure elgar delius stanford beach mahler bizet chausson quilter somervell butterworth faltis "
        "lehmann hardelot jacobs-bond holmes lang franz kinkel chaminade cornelius faisst viardot kralik jaell "
        "grandval parratt boulton gonzaga munktell greger burleigh coleridge-taylor davies gounod mackenzie parry "
        "gray le-beau mounsey-bartholomew netzel mayer white bantock barnard wagner dickson gabriel horrocks "
        "berlioz browne chabrier cowen german poldowski puget abbott barnby bonis ferrari freer lindsay marshall "
        "massenet paladilhe philp sullivan tegner tosti zemlinsky barns cellier corder donaudy farrenc flegier "
        "hodges hopekirk leoncavallo liliuokalani phillips rootham rossini smyth thys verdi wood andree borodin "
        "smetana dvorak busoni carreno glazunov glinka gouvy indy kalliwoda maier muller-hermann nielsen "
        "lehmann-amelia rozycki szymanowska paderewski zelenski stojowski worobecki krolikiewicz kaminski hepner "
        "nowakowski karlowicz grossmann kamienski sonnenfeld potocka jarecki pachulski"
    ),
    "modern": (
        "debussy satie joplin sousa turpin hunter ravel bartok janacek schulhoff bridge warlock schoenberg webern "
        "berg ives boulanger gurney obradors szymanowski fitelberg kagan gold karasinski"
    ),
}
PERIOD_OF = {slug: period for period, slugs in _PERIODS.items() for slug in slugs.split()}
"""Slug -> period, of those whose music says it, or whose dates are nowhere in the data."""

_ALIASES = {
    "bachjs": "bach", "bachcpe": "bach-cpe", "beethovenlv": "beethoven", "handelgf": "handel", "czernyc": "czerny",
    "burgmullerjff": "burgmuller", "mozartwa": "mozart", "joplins": "joplin", "schubertf": "schubert",
    "tchaikovskypi": "tchaikovsky", "chopinff": "chopin", "mendelssohn-bartholdyf": "mendelssohn", "sousajp": "sousa",
    "banchieria": "banchieri", "haydnfj": "haydn", "titelouzej": "titelouze", "buxtehuded": "buxtehude",
    "frobergerjj": "froberger", "satiee": "satie", "scheidemannh": "scheidemann", "brahmsj": "brahms",
    "clementim": "clementi", "debussyc": "debussy", "griege": "grieg", "kuhlauf": "kuhlau", "schumannr": "schumann",
    "weckmannm": "weckmann", "delmetp": "delmet", "scarlattid": "scarlatti", "scriabina": "scriabin",
    "turpint": "turpin", "albenizimf": "albeniz", "andrej": "andre", "ascherj": "ascher", "blumenthalj": "blumenthal",
    "fischerjkf": "fischer", "franckc": "franck", "gottschalklm": "gottschalk", "grignynd": "grigny",
    "hunterc": "hunter", "lisztf": "liszt", "muffatg": "muffat", "mussorgskym": "mussorgsky", "peaseah": "pease",
    "pejacsevichd": "pejacsevich", "pleyelij": "pleyel", "regerm": "reger", "ritterc": "ritter", "wanhalj": "wanhal",
}  # fmt: skip
"""Composers' folders at Mutopia -> slug."""

_TOLD_APART = {
    ("schumann", "clara"): "schumann-clara",
    ("stefani", "jan"): "stefani-jan",
    ("stefani", "jozef"): "stefani",
    ("boulanger", "lili"): "boulanger",
    ("lehmann", "amelia"): "lehmann-amelia",
    ("wieniawski", "henryk"): "wieniawski-henryk",
    ("katski", "antoni"): "katski-antoni",
    ("reichardt", "louise"): "reichardt-louise",
}
"""(family name, first given name) -> slug, where a family has several."""

_NOBODY = ("anonymous", "a-s", "unknown", "")


def composer_slug(name: str) -> str:
    """A composer's name in the lists as a slug: "Chopin, Fryderyk" and "ChopinFF" are "chopin"; "" = anonymous."""
    plain = unicodedata.normalize("NFKD", name.replace("\u0142", "l").replace("\u0141", "L")).encode("ascii", "ignore")
    family, _, given = plain.decode().lower().partition(",")
    family = re.sub(r"\(.*?\)", "", family)
    slug = re.sub(r"[^a-z]+", "-", family).strip("-")
    first = (re.findall(r"[a-z]+", given) or [""])[0]
    slug = _TOLD_APART.get((slug, first), _ALIASES.get(slug, slug))
    return "" if slug in _NOBODY else slug


def composer_period(slug: str, dates: str = "") -> str:
    """The period of a composer, "" where neither table nor dates say it.

    Args:
        slug: as `composer_slug` gives it.
        dates: of life, as the Polish lists write them: "1800/04/16-1876/03/19", "~1553-1599", "<1611->1611".
    """
    if slug in PERIOD_OF:
        return PERIOD_OF[slug]
    born = re.search(r"1[4-9]\d\d", dates)
    return period_of_year(int(born.group()) + ACTIVE_AT) if born and slug else ""


def period_of_year(year: int) -> str:
    """The period to which music of a year mostly belongs."""
    return next((name for end, name in _ENDS if year < end), "modern")
