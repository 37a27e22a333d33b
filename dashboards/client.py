"""The client of Grafana's HTTP interface; its failures become two errors of ours."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, TypeVar

from grafana_client import GrafanaApi
from grafana_client.client import GrafanaClientError, GrafanaException, GrafanaServerError, GrafanaTimeoutError

from schemas.failures import CheckFailedError, ServiceMissingError

T = TypeVar("T")

_HINTS: Final[Mapping[int, str]] = {
    400: "an object that was provisioned from files cannot be saved over HTTP; remove it there first",
    401: "make a service account token with the role Editor and put it in the token file",
    403: "the token may not do this; give its service account the role Editor (Admin to add a data source)",
    404: "check the address; a Grafana below a path needs that path in --url",
    409: "something of that name exists; choose another --folder",
    412: "that name has another uid there, or somebody saved at the same time; rename it there or try again",
}


class GrafanaUnavailableError(ServiceMissingError):
    """Grafana does not answer, or not as Grafana does; it may or may not have changed, pushing again is safe."""


class GrafanaRefusedError(CheckFailedError):
    """Grafana refused; what was pushed before stays, pushing again is safe."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class SavedFolder(NamedTuple):
    """A folder of a Grafana."""

    uid: str
    title: str


class SavedDashboard(NamedTuple):
    """A dashboard as a Grafana has it, its folder, and what its history says of the last version, where it has one."""

    content: Mapping[str, Any]
    version: int
    folder: str
    message: str | None


class Grafana:
    """A Grafana, addressed with a token; every method may raise the two errors above."""

    def __init__(self, url: str, token: str, timeout: float = 10.0) -> None:
        self._url = url.rstrip("/")
        self._api = GrafanaApi.from_url(f"{self._url}/", credential=token, timeout=timeout)

    def version(self) -> tuple[int, ...]:
        """Return its version."""
        with self._translating_errors("for its version"):
            text = str(self._api.version)
        try:
            return tuple(int(part) for part in text.partition("+")[0].split(".")[:3])
        except ValueError:
            raise GrafanaUnavailableError(
                f"{self._url} tells no version of Grafana ({text!r}); check the address"
            ) from None

    def source(self, uid: str) -> Mapping[str, Any] | None:
        """Return a data source; None where there is none of that uid."""
        return self.found(f"data source {uid}", lambda api: api.datasource.get_datasource_by_uid(uid))

    def add_source(self, source: Mapping[str, Any]) -> None:
        """Create a data source."""
        with self._translating_errors(f"to add data source {source['uid']}"):
            self._api.datasource.create_datasource(dict(source))

    def change_source(self, source: Mapping[str, Any]) -> None:
        """Write a data source over the one of its uid."""
        with self._translating_errors(f"to change data source {source['uid']}"):
            self._api.datasource.update_datasource_by_uid(source["uid"], dict(source))

    def unhealthy(self, uid: str) -> str | None:
        """Return what Grafana says when it cannot read with a data source; None where it can."""
        with self._translating_errors(f"whether data source {uid} is healthy"):
            found = self._api.datasource.health_inquiry(uid)
        return None if found.success else str(found.message or found.status)

    def folder(self, uid: str, title: str) -> SavedFolder | None:
        """Return the folder of this uid, else the one with this title; None where there is neither."""
        with self._translating_errors("for its folders"):
            found = [SavedFolder(str(one["uid"]), str(one["title"])) for one in self._api.folder.get_all_folders()]
        own = (one for one in found if one.uid == uid)
        return next(own, next((one for one in found if one.title == title), None))

    def add_folder(self, uid: str, title: str) -> str:
        """Create a folder and return its uid."""
        with self._translating_errors(f"to make folder {title}"):
            return str(self._api.folder.create_folder(title, uid)["uid"])

    def rename_folder(self, uid: str, title: str) -> None:
        """Give a folder another title."""
        with self._translating_errors(f"to rename folder {uid}"):
            self._api.folder.update_folder(uid, title, overwrite=True)

    def saved(self, uid: str) -> SavedDashboard | None:
        """Return a saved dashboard; None where there is none."""
        found = self.found(f"dashboard {uid}", lambda api: api.dashboard.get_dashboard(uid))
        if found is None:
            return None
        with self._translating_errors(f"for dashboard {uid}"):
            content = found["dashboard"]
            return SavedDashboard(
                content, int(content["version"]), str(found["meta"].get("folderUid") or ""), self._message(uid)
            )

    def tagged(self, tag: str) -> list[tuple[str, str]]:
        """Return uid and title of every dashboard with a tag."""
        with self._translating_errors(f"for dashboards tagged {tag}"):
            found = self._api.search.search_dashboards(tag=tag, type_="dash-db")
            return [(str(one["uid"]), str(one["title"])) for one in found]

    def save(self, dashboard: Mapping[str, Any], folder: str, message: str, *, over: int | None) -> str:
        """Save a dashboard over the version that was read, None where there was none, and return its address."""
        body = {
            "dashboard": {**dashboard, **({} if over is None else {"version": over})},
            "folderUid": folder,
            "overwrite": False,
            "message": message,
        }
        with self._translating_errors(f"to save dashboard {dashboard['uid']}"):
            return self._url + str(self._api.dashboard.update_dashboard(body)["url"])

    def call(self, what: str, ask: Callable[[GrafanaApi], T]) -> T:
        """Carry out what has no method here; `what` says it as the end of "was asked …"."""
        with self._translating_errors(what):
            return ask(self._api)

    def found(self, what: str, ask: Callable[[GrafanaApi], T]) -> T | None:
        """Read something likewise; None where there is none."""
        try:
            return self.call(f"for {what}", ask)
        except GrafanaRefusedError as refused:
            if refused.status == 404:  # noqa: PLR2004 - not found
                return None
            raise

    def _message(self, uid: str) -> str | None:
        """Return what the history says of the last version; older Grafanas answer a list, later ones an object."""
        found: Any = self.found(
            f"the history of dashboard {uid}",
            lambda api: api.dashboard_versions.get_dashboard_versions(dashboard_uid=uid),
        )
        listed = found.get("versions", []) if isinstance(found, dict) else found
        return str(max(listed, key=lambda one: one["version"]).get("message", "")) if listed else None

    @contextmanager
    def _translating_errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except GrafanaTimeoutError as error:
            raise GrafanaUnavailableError(
                f"{self._url} was asked {what} and did not answer in time; try again later"
            ) from error
        except GrafanaServerError as error:
            raise GrafanaUnavailableError(
                f"{self._url} was asked {what} and failed: {error}; its own log says why, try again later"
            ) from error
        except GrafanaClientError as error:
            raise GrafanaRefusedError(error.status_code, self._refusal(what, error)) from error
        except (GrafanaException, OSError) as error:
            raise GrafanaUnavailableError(
                f"{self._url} does not answer ({error}); check that Grafana runs and --url is right"
            ) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise GrafanaUnavailableError(
                f"{self._url} was asked {what} and answered something no Grafana says; check --url"
            ) from error

    def _refusal(self, what: str, error: GrafanaClientError) -> str:
        reason = error.response.get("message") if isinstance(error.response, dict) else error.response
        hint = _HINTS.get(error.status_code, "its own log says why")
        return f"{self._url} was asked {what} and refused ({error.status_code}: {reason}); {hint}"
