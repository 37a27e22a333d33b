"""`If-None-Match` by the letter of RFC 9110: weak comparison, `*`, lists, and tags with commas in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.conditional import digest, holds, weak

pytestmark = pytest.mark.pure

OPAQUE = st.text(st.sampled_from("!#$,; aZ09/*W~é".replace(" ", "")), max_size=6)


@pytest.mark.parametrize(
    ("condition", "tag", "good"),
    [
        ('W/"1"', 'W/"1"', True),  # the four rows of section 8.8.3.2
        ('W/"1"', 'W/"2"', False),
        ('W/"1"', '"1"', True),
        ('"1"', '"1"', True),
        ('"1"', 'W/"1"', True),
        ("*", 'W/"1"', True),
        ("  *\t", 'W/"1"', True),
        ('"*"', 'W/"1"', False),
        ('"a", W/"1" ,"b"', 'W/"1"', True),
        (' ,, "a",,"1",', 'W/"1"', True),
        ('"a,1"', '"1"', False),
        ('"a,1"', 'W/"a,1"', True),
        ('"a", "b"', '"1"', False),
        ('w/"1"', '"1"', False),  # case matters
        ("1", '"1"', False),
        ('"1', '"1"', False),
        ('"a" "1"', '"1"', False),
        ("", '"1"', False),
        ('""', 'W/""', True),
    ],
)
def test_a_condition_names_a_tag_or_it_does_not(condition: str, tag: str, *, good: bool) -> None:
    """Whatever its weakness, wherever it stands."""
    assert holds(condition, tag) is good


@given(st.lists(st.tuples(st.booleans(), OPAQUE), min_size=1), st.data())
def test_every_tag_of_a_list_is_found_in_it(tags: list[tuple[bool, str]], data: st.DataObject) -> None:
    """And one that is not in it is not."""
    condition = data.draw(st.sampled_from([",", ", ", " ,\t"])).join(f'{"W/" * weakly}"{one}"' for weakly, one in tags)
    assert all(holds(condition, f'W/"{one}"') for _, one in tags)
    assert not holds(condition, 'W/"none of these"'.replace(" ", "-"))


@given(st.text())
def test_no_condition_is_too_strange(condition: str) -> None:
    """It names the tag or it does not."""
    assert holds(condition, 'W/"1"') in {True, False}


def test_parts_do_not_run_into_each_other() -> None:
    """Two states that read alike when put together are two."""
    assert digest("ab", "c") != digest("a", "bc")
    assert weak("a") == f'W/"{digest("a")}"'
