"""Places named in a text, resolved against the gazetteer over the whole story."""

from stream.places.find import PlaceMention, Role, find
from stream.places.gazetteer import Gazetteer, PlacesFault, gazetteer
from stream.places.nations import capital_named, country_name, country_of, region_named

__all__ = [
    "Gazetteer",
    "PlaceMention",
    "PlacesFault",
    "Role",
    "capital_named",
    "country_name",
    "country_of",
    "find",
    "gazetteer",
    "region_named",
]
