"""Places named in a text, resolved against the gazetteer over the whole story."""

from stream.places.find import PlaceMention, Role, country_name, country_of, find, region_named
from stream.places.gazetteer import Gazetteer, PlacesFault, gazetteer

__all__ = [
    "Gazetteer", "PlaceMention", "PlacesFault", "Role", "country_name", "country_of", "find", "gazetteer", "region_named",
]  # fmt: skip
