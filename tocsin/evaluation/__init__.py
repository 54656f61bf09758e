"""How well extraction agrees with people: gold files read, matched, scored and reported."""
