"""Word sets and alternatives, each written as one text of words."""


def word_set(written: str) -> frozenset[str]:
    """The words of a text, parted by white space."""
    return frozenset(written.split())


def one_of(written: str) -> str:
    """A group of a regular expression that matches any of the phrases of a text, which semicolons part.

    A space in a phrase is a space or a no-break space of the copy; a phrase may hold syntax of regular expressions.
    """
    phrases = (" ".join(phrase.split()) for phrase in written.split(";"))
    return "(?:" + "|".join(phrase.replace(" ", r"[ \xa0]") for phrase in phrases if phrase) + ")"
