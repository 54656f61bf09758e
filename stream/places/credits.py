"""The credits of writers and papers in a text: what they name is no place of the story."""

import re

_CREDIT = re.compile(
    r"(?:\((?:reporting|writing|written|editing|edited|compiled)|\(?\b(?:Additional|Further) [Rr]eport(?:ing|ed)"
    r"|\(?\b(?:Report(?:ing|ed)|Writing|Written|Editing|Edited|Compiled)) by [A-Z][^()\n]{0,400}"
)
_LAST = re.compile(r"\([A-Z][^()\n]{1,60}\)[,.;]?\s*\Z")
_MOST, _LOOK_BACK = 6, 80


def credit_spans(text: str) -> list[tuple[int, int]]:
    """Where credits stand: "(Reporting by A in Beirut; ...)", and "(Melbourne Herald), (CNN)" at the end."""
    spans = [match.span() for match in _CREDIT.finditer(text)]
    end = len(text)
    for _ in range(_MOST):
        last = _LAST.search(text, max(0, end - _LOOK_BACK), end)
        if last is None:
            break
        spans.append(last.span())
        end = last.start()
    return spans
