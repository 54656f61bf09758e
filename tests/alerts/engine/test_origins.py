from typing import Any

from alerts.engine.origins import containment, origin_names


def told(
    uri: str, credit: str | None = None, *, text: str | None = None, sketch: tuple[int, ...] = (), at: int = 0
) -> Any:
    return {
        "uri": uri,
        "published": at,
        "credits": [credit] if credit else [],
        "feed": f"feed of {uri}",
        "sha256": text,
        "sketch": list(sketch),
    }


def test_two_agencies_with_their_own_words_are_two_origins() -> None:
    assert origin_names([told("a", "AFP", text="x"), told("b", "Reuters", text="y")]) == ("AFP", "Reuters")


def test_one_agency_is_one_origin_however_often_and_however_it_is_written() -> None:
    assert origin_names([told("a", "AFP"), told("b", "afp"), told("c", "A.F.P.")]) == ("AFP",)


def test_a_reprint_is_the_origin_of_the_first_that_ran_it() -> None:
    stories = [told("b", "Daily Bugle", text="same", at=2), told("a", "AFP", text="same", at=1)]
    assert origin_names(stories) == ("AFP",)


def test_a_cut_reprint_is_known_by_its_sketch() -> None:
    whole, cut = tuple(range(100)), tuple(range(40))
    assert origin_names([told("a", "AFP", sketch=whole), told("b", "Bugle", sketch=cut, at=1)]) == ("AFP",)


def test_without_a_credit_a_story_speaks_for_its_feed() -> None:
    assert origin_names([told("a"), told("b")]) == ("feed of a", "feed of b")


def test_containment_looks_only_where_both_sketches_see() -> None:
    assert containment((1, 2, 3, 4), (1, 2, 3, 4, 900)) == 1.0
    assert containment((1, 3, 5, 7), (2, 3, 6, 7)) == 0.5
    assert containment((), (1, 2)) == 0.0
