"""Elements of a DATEX II document, one after the other, so that the document is never in memory as a tree."""

from collections.abc import Container, Iterable, Iterator
from itertools import islice
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ingest.history.unreadable import FileUnreadableError

_DEEPEST: Final = 64
_LINES: Final = 1_000


class _Bytes:
    """The lines of a file as a stream of bytes."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)

    def read(self, _size: int = -1) -> bytes:
        """Return some more of the file, nothing at its end."""
        return "".join(islice(self._lines, _LINES)).encode()


def elements(lines: Iterable[str], names: Container[str]) -> Iterator[Element]:
    """Yield the elements of these names, each whole; raise FileUnreadableError for what is no plain XML.

    Document types, entities and elements deeper than 64 levels are refused.
    """
    path: list[Element] = []
    try:
        for event, element in iterparse(_Bytes(lines), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                path.append(element)
                if len(path) > _DEEPEST:
                    raise FileUnreadableError(1, 1, f"elements nest deeper than {_DEEPEST} levels")
                continue
            path.pop()
            if local_name(element) in names:
                yield element
                element.clear()
                if path:
                    path[-1].remove(element)
    except ParseError as problem:
        line, column = problem.position
        raise FileUnreadableError(line, column + 1, f"not XML: {str(problem).partition(':')[0]}") from problem
    except (DefusedXmlException, ValueError, LookupError) as problem:
        raise FileUnreadableError(
            1, 1, f"not plain XML ({type(problem).__name__}): no document type, UTF-8"
        ) from problem


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def inner(element: Element, name: str) -> Iterator[Element]:
    """Yield the elements of a name within an element, however deep, itself left out."""
    return (one for one in element.iter() if one is not element and local_name(one) == name)


def text_of(element: Element, name: str) -> str:
    """Return the text of the first element of a name within an element; "" where there is none."""
    return next(((one.text or "").strip() for one in inner(element, name)), "")


def attribute(element: Element, name: str) -> str:
    """Return an attribute; raise FileUnreadableError where it is missing."""
    if not (found := element.get(name, "")):
        raise FileUnreadableError(1, 1, f"a {local_name(element)} without {name}")
    return found
