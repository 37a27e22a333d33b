"""A publisher's file that is one JSON document, strictly parsed and of the shape that its reader names."""

from typing import Any

import msgspec

from ingest.dialects.document import document
from ingest.dialects.refusal import RefusedError
from ingest.history.unreadable import FileUnreadableError


def converted(text: str, shape: Any, what: str) -> Any:  # noqa: ANN401 - of the given shape, which may be a union
    """Parse a document of a shape; raise FileUnreadableError, with the path, for another. `what` is its name."""
    try:
        return msgspec.convert(document(text), type=shape)
    except RefusedError as refused:
        raise FileUnreadableError(1, 1, refused.detail) from None
    except (ValueError, RecursionError) as problem:
        raise FileUnreadableError(1, 1, f"not {what}: {problem}") from problem
