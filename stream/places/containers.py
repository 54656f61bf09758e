"""Places that only tell where the one beside them is: "Tripoli, Lebanon", "Syria's Idlib", "Gaza town of Rafah"."""

import re

from stream.signals import Place
from stream.vocabulary import one_of

_NO_ADJECTIVE = one_of(
    """
    from; to; and; or; into; towards?; near; with; after; before; when; while; as; by; where; that; who; which; at; on;
    for; than; but; until; since; over; via; through; against; reached; hit; left; is; was; said; amid
    """
)
IN_IT = re.compile(
    rf",? (?:in |of )?(?:the )?(?:(?!{_NO_ADJECTIVE} )[a-z-]+ )?|,? ?\("
    r"|, (?:in |a |an |the )?(?:[\w-]+ ){0,6}(?:in|of) (?:the )?(?:[\w-]+ )?"
)
"""Between an inner place and the outer one behind it."""
OF_IT = re.compile(
    r" (?:[\w-]+ )?"
    + one_of(
        """
        towns?; city; cities; villages?; province; district; regions?; area; camp; neighbou?rhood; suburb; state;
        port; settlement
        """
    )
    + "(?: of)? (?:the )?"
)
"""Between an outer place and the inner one behind it: "Afghanistan province of Helmand"."""
TOLD_IN = re.compile(
    r", (?:an?|one of the) (?:[\w-]{1,16} ){0,3}"
    + one_of(
        """
        towns?; villages?; hamlets?; suburbs?; quarters?; neighbou?rhoods?; settlements?; camps?; districts?; areas?;
        mountain pass; pass; base; port
        """
    )
    + r"(?: of [a-z\d, ]{1,24})? (?:just )?(?:in|of|near|outside|on) (?:the )?(?:[a-z-]{1,16} ){0,2}"
)
"""Between a place and the one that tells where it lies: "Haris, a village of 900 people near Tibnin"."""
OWNED = re.compile(
    r"(?:'s|’s|s['’]) (?:(?:north|south|east|west|central|upper|lower|restive|besieged|coastal|port|capital|second"
    r"|disputed|war-torn|[a-z]+-(?:held|controlled|majority))[a-z-]* "
    r"|(?:province|city|town|region|village|state|district|port) of ){0,3}"
    r"(?:the )?\Z"
)
"""Between an owner and its part: "Syria's northern Idlib"."""
_LINE = re.compile(r"\b(?:line|border|river|corridor)\b", re.IGNORECASE)
"""A line runs through regions and lies in none."""


QUARTER = re.compile(r" (?:district|neighbou?rhood|quarter|suburb|area|ward|section|commune)\Z")
"""At the end of a part of a town as it is written: "the Podil district"."""


def holds(outer: Place, inner: Place) -> bool:
    """Does `outer` contain `inner`, as far as country and nature tell?"""
    if outer.country != inner.country or outer.country is None:
        return False
    if outer.precision == "country":
        return inner.precision != "country"
    if outer.precision != "region" or inner.precision == "country":
        return False
    if inner.precision == "region" and QUARTER.search(outer.as_written):
        return False
    return inner.precision != "region" or (outer.name != inner.name and _LINE.search(inner.name) is None)
