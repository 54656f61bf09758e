"""Word sets, each written as one line of words."""


def word_set(written: str) -> frozenset[str]:
    """The words of a text, parted by white space."""
    return frozenset(written.split())
