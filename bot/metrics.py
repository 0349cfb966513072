"""The numbers an operator watches, in a registry of their own."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.web.asgi import Outcome
from store.tables import DeliveryState

OUTCOMES = ("answered", *get_args(Outcome))
DELIVERY_STATES = get_args(DeliveryState)
# Slack waits 3 s for an acknowledgement, Teams 10 s for an answer; ours take about a millisecond.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 10.0)

# When each series began is a third of all there is to read otherwise, and says little more than when the process did.
disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus_client says no type of it


class RequestMeter:
    """Counts requests of one kind, by outcome.

    A series is looked up once, since a look-up costs more than a count, and not before it is counted or read: all of
    them were an eighth of what building a bot takes.
    """

    def __init__(self, kind: str, requests: Counter, seconds: Histogram) -> None:
        self.count = _Counts(lambda outcome: requests.labels(kind, outcome).inc)
        self._timed = partial(seconds.labels, kind)

    @cached_property
    def observe_seconds(self) -> Callable[[float], None]:
        """Give what counts the seconds that an answer took."""
        return self._timed().observe

    def show(self) -> None:
        """Have every series there, at 0 where nothing was counted."""
        for outcome in OUTCOMES:
            self.count[outcome]
        self.observe_seconds  # noqa: B018 # each is made by being looked up


class _Counts(dict[str, Callable[[], None]]):
    """What counts one outcome, by outcome; each is made when it is asked for."""

    def __init__(self, made: Callable[[str], Callable[[], None]]) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, outcome: str) -> Callable[[], None]:
        if outcome not in OUTCOMES:
            raise KeyError(outcome)
        count = self[outcome] = self._made(outcome)
        return count


class Metrics:
    """Every series of the program, all named `pm_compare_…`; what happens elsewhere is told to it.

    Args:
        tick_age: seconds since the last tick ended, read at every scrape.
        kinds: of requests, of every platform there is, and of assistants where they are answered.
    """

    def __init__(self, tick_age: Callable[[], float], kinds: Sequence[str]) -> None:
        self.registry = CollectorRegistry()
        requests = Counter(
            "pm_compare_requests",
            "Requests from Slack, from Microsoft Teams (teams_…) and from assistants (mcp), by kind and outcome",
            ("kind", "outcome"),
            registry=self.registry,
        )
        seconds = Histogram(
            "pm_compare_request_seconds",
            "Time to answer a request that was read, in seconds",
            ("kind",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.requests: Mapping[str, RequestMeter] = {kind: RequestMeter(kind, requests, seconds) for kind in kinds}
        self._refused = Counter(
            "pm_compare_refused_requests",
            "Requests in the platform's own form that were refused, by what is wrong here if they were genuine",
            ("platform", "cause"),
            registry=self.registry,
        )
        self._deliveries = Gauge(
            "pm_compare_deliveries", "Deliveries in the ledger, by state", ("state",), registry=self.registry
        )
        self._web_api_calls = Counter(
            "pm_compare_web_api_calls",
            "Calls to the platform's own API, by method and outcome (ok, or the platform's error code)",
            ("method", "outcome"),
            registry=self.registry,
        )
        Gauge(
            "pm_compare_tick_age_seconds", "Seconds since the clock's last tick ended", registry=self.registry
        ).set_function(tick_age)
        self._next_tip = Gauge(
            "pm_compare_next_tip_timestamp_seconds",
            "When the next weekly tip is due, in seconds since the Unix epoch; 0 where none is",
            registry=self.registry,
        )

        self._installations = Gauge(
            "pm_compare_slack_installations",
            "Where many workspaces install it: installed, removed and not forgotten yet; and of the installed: ended "
            "(has to be installed again), refused (Slack says that it is gone)",
            ("state",),
            registry=self.registry,
        )

    def record_web_api_call(self, method: str, outcome: str) -> None:
        """Count a call of `method` (`chat.postMessage`) that ended in `ok` or in the platform's error code."""
        self._web_api_calls.labels(method, outcome).inc()

    def record_refusal(self, platform: str, cause: str) -> None:
        """Count a refused request that may have been the platform's own."""
        self._refused.labels(platform, cause).inc()

    def record_deliveries(self, counts: Mapping[str, int]) -> None:
        """Take over how many deliveries are in each state; a state that is not named has none."""
        for state in DELIVERY_STATES:
            self._deliveries.labels(state).set(counts.get(state, 0))

    def record_next_tip(self, timestamp: float | None) -> None:
        """Take over when the next tip is due, in seconds since the Unix epoch; None where none is."""
        self._next_tip.set(timestamp or 0)

    def record_installations(self, counts: Mapping[str, int]) -> None:
        """Take over how many installations there are, by state."""
        for state, count in counts.items():
            self._installations.labels(state).set(count)

    def render(self) -> tuple[bytes, str]:
        """Write all series in Prometheus' text format: the body, and its content type."""
        for meter in self.requests.values():
            meter.show()
        return generate_latest(self.registry), CONTENT_TYPE_PLAIN_0_0_4
