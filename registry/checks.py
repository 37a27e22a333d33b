"""Everything that is checked before an owner is applied, of each owner and between them."""

from registry import device_checks, joint_checks, own_checks  # noqa: F401 - their functions enter the lists
from registry.check_lists import CHECKS, WARNINGS, Registries


def problems(registries: Registries) -> list[str]:
    """Collect every problem, one sentence each; an empty list means that any of the owners may be applied."""
    return [problem for check in CHECKS for problem in check(registries)]


def warnings(registries: Registries) -> list[str]:
    """Collect what may be applied but costs something, one sentence each."""
    return [sentence for check in WARNINGS for sentence in check(registries)]
