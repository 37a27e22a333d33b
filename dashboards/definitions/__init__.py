"""The dashboards that there are: every module here with a `DASHBOARD` is one, in the order of their names."""

from importlib import import_module
from pkgutil import iter_modules

from dashboards.dashboard import Dashboard


def dashboards() -> tuple[Dashboard, ...]:
    """Find the dashboards; a module without one raises AttributeError."""
    return tuple(import_module(f"{__name__}.{module.name}").DASHBOARD for module in iter_modules(__path__))
