"""What `store` would say of observations, by the registry as it is now: nothing is stored."""

from collections.abc import Sequence

from schemas.observation import Observation
from schemas.replay import RefusalReason
from streams.domain.assignment import assign
from streams.domain.datastreams import KnownDatastreams, registry
from streams.sinks.observation_store import ObservationStore


class RegistryVerdicts:
    """Says of observations whether they would be stored, by the registry that was read last; `role` reads it."""

    def __init__(self, conninfo: str, role: str) -> None:
        self._store = ObservationStore(conninfo, role)
        self._known: KnownDatastreams = registry(())

    async def read(self) -> None:
        """Read the registry as it is now."""
        self._known = await self._store.datastreams()

    def refusals(self, observations: Sequence[Observation]) -> list[RefusalReason | None]:
        """Return of each observation why it would be refused, or passed over; None where it would be stored."""
        return [self._refusal(one) for one in observations]

    async def close(self) -> None:
        """Close the connection."""
        await self._store.drop()

    def _refusal(self, seen: Observation) -> RefusalReason | None:
        what = assign([seen], self._known)
        if what.accepted.seen:
            return None
        if what.refused:
            return RefusalReason(what.refused[0].reason, what.refused[0].detail)
        return RefusalReason("unknown_source", f"no datastream for {seen.source}")
