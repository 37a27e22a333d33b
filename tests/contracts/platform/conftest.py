"""Contracts of what runs: here the stack is the whole platform, with all processes of ours."""

import pytest

from deploy.local.stack import Stack


@pytest.fixture(scope="session")
def stack(platform: Stack) -> Stack:
    """Give the whole platform in place of its services."""
    return platform
