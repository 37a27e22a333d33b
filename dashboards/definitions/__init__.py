"""The dashboards: the `DASHBOARD` of every module here, in the order of their names."""

from importlib import import_module
from pkgutil import iter_modules

from dashboards.dashboard import Dashboard


def dashboards() -> tuple[Dashboard, ...]:
    """Return the dashboards; raise AttributeError for a module without one."""
    return tuple(import_module(f"{__name__}.{module.name}").DASHBOARD for module in iter_modules(__path__))
