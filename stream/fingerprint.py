"""Seeing that two stories are one text: a hash of the normalised words, and a sketch that survives cutting and editing.

Reprints of one agency story cut from the bottom keep nearly all of the shorter side's word 3-grams, while different
stories share few; so containment, not similarity, tells them. The sketch is bottom-k (Cohen & Kaplan 2007): the k
smallest hashes of the 3-grams, from which containment is estimated.
"""

import hashlib
import re
import zlib

from stream import text as prose
from stream.records import Fingerprint

K = 64
_WORD = re.compile(r"[^\W_]+")


def fingerprint(body: str) -> Fingerprint:
    """The fingerprint of a body: its dateline is dropped, case and punctuation are nothing."""
    line = prose.dateline(body)
    words = _WORD.findall(body[line.end :].casefold() if line is not None else body.casefold())
    digest = hashlib.sha256(" ".join(words).encode()).hexdigest()[:32]
    grams = {zlib.crc32(" ".join(words[i : i + 3]).encode()) for i in range(len(words) - 2)}
    return Fingerprint(sha256=digest, sketch=tuple(sorted(grams)[:K]), words=len(words))


def containment(a: Fingerprint, b: Fingerprint) -> float:
    """Estimated share of the shorter text's 3-grams that the longer one holds too: 0 to 1.

    Only hashes below the smaller of the two sketches' largest are comparable; both sides are known fully below it.
    """
    if not a.sketch or not b.sketch:
        return 0.0
    bound = min(_reach(a), _reach(b))
    low_a = {h for h in a.sketch if h <= bound}
    low_b = {h for h in b.sketch if h <= bound}
    smaller = min(len(low_a), len(low_b))
    return len(low_a & low_b) / smaller if smaller else 0.0


def _reach(print_: Fingerprint) -> int:
    """The largest hash up to which a sketch holds every 3-gram of its text."""
    return print_.sketch[-1] if len(print_.sketch) == K else 2**32
