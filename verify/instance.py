"""A client of the public /v1 of a running instance."""

import csv
import io
import json
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPException, IncompleteRead
from typing import Any, ClassVar, Final
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

_PATIENCE: Final = 60.0
_TRIES: Final = 5
_LATER: Final = frozenset({429, 503})
_NOT_FOUND: Final = 404
_PAGE: Final = 10_000


class InstanceAwayError(Exception):
    """The instance does not answer, or not as doorfiets does; trying again is safe."""

    exit_code: ClassVar[int] = 3


class InstanceRefusedError(Exception):
    """The instance refused; the message is its own."""

    exit_code: ClassVar[int] = 3


class AbsentError(InstanceRefusedError):
    """The instance does not have what was requested."""


class Instance:
    """The client; every method may raise the errors above."""

    def __init__(self, url: str) -> None:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise InstanceAwayError(f"{url!r} is no address of a site; give one such as http://127.0.0.1:18800")
        self.url = url.rstrip("/")

    def one(self, path: str) -> Mapping[str, Any]:
        """Request one resource."""
        found: Mapping[str, Any] = self._json(path, {})
        return found

    def rows(self, path: str, **question: str) -> Iterator[Mapping[str, Any]]:
        """Request a list, page after page where it has pages."""
        parameters = question | ({"paginaGrootte": str(_PAGE)} if question else {})
        while True:
            answer = self._json(path, parameters)
            yield from answer["gegevens"]
            if not answer["volgende"]:
                return
            parameters["cursor"] = parse_qs(urlsplit(answer["volgende"]).query)["cursor"][0]

    def csv_rows(self, path: str, **question: str) -> list[dict[str, str]]:
        """Request a whole series as CSV, its rows by the names of their columns."""
        return list(csv.DictReader(io.StringIO(self._text(path, {**question, "formaat": "csv"}), newline="")))

    def _json(self, path: str, question: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON is anything
        try:
            return json.loads(self._text(path, {**question, "formaat": "json"} if question else {}))
        except ValueError as error:
            raise InstanceAwayError(f"{self.url}{path} answered something that is no JSON; check --url") from error

    def _text(self, path: str, question: Mapping[str, str]) -> str:
        address = f"{self.url}{path}" + (f"?{urlencode(question)}" if question else "")
        for _ in range(_TRIES):
            try:
                with urlopen(Request(address), timeout=_PATIENCE) as answer:  # noqa: S310 - the scheme is checked above
                    return str(answer.read().decode("utf-8"))
            except HTTPError as refused:
                _wait_or_give_up(refused, address)
            except IncompleteRead as broken:
                raise InstanceAwayError(f"{address} broke off half-way; ask for fewer days, or try again") from broken
            except (URLError, HTTPException, OSError, UnicodeDecodeError) as error:
                raise InstanceAwayError(
                    f"{self.url} does not answer ({error}); start it with `doorfiets up`, or give another --url"
                ) from error
        raise InstanceAwayError(f"{self.url} is too busy: {_TRIES} times no answer to {path}; try again later")


def _wait_or_give_up(refused: HTTPError, address: str) -> None:
    if refused.code in _LATER:
        time.sleep(min(10.0, float(refused.headers.get("Retry-After") or 2)))
        return
    kind = AbsentError if refused.code == _NOT_FOUND else InstanceRefusedError
    raise kind(f"{address} is refused ({refused.code}): {_detail(refused)}") from refused


def _detail(refused: HTTPError) -> str:
    """Return the wrong parameters or the detail of a problem+json answer; else the reason phrase of HTTP."""
    try:
        problem = json.loads(refused.read())
        mistakes = "; ".join(f"{one['parameter']} {one['melding']}" for one in problem.get("fouten", []))
        return mistakes or str(problem["detail"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return str(refused.reason)
