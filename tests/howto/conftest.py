"""A database of its own for a page that applies registries."""

from collections.abc import Iterator

import pytest

from deploy.local.stack import Stack
from tests.conftest import superuser
from tests.opendata import city


@pytest.fixture
def database(stack: Stack, request: pytest.FixtureRequest) -> Iterator[str]:
    """Make an empty database with the schema, and drop it afterwards."""
    with city.database(superuser(stack), f"howto_{request.path.stem}", seeds=()) as found:
        yield found
