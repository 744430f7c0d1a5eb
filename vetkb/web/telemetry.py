"""What an operator sees: a line of JSON for each request, and figures for Prometheus.

Lines tell the path, never what was asked, unless that is switched on (`--log-text`). They are written a few times a second,
many at once, since a line at a time would take longer than an answer from the cache. The only door to prometheus_client.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate
from typing import IO, TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from vetkb.web.site import Site

_MOST_WAITING = 500
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Telemetry:
    """运行记录 — Lines and figures about requests. Used on the event loop alone."""

    def __init__(self, out: IO[str] | None = None, *, texts: bool = False, questions: IO[str] | None = None) -> None:
        self.texts = texts
        self.questions = questions
        # the first parts of paths that are routes; all else is one figure, so that strangers cannot make up new ones
        self.routes: frozenset[str] = frozenset()
        self._out = out
        self._lines: list[str] = []
        self._registry = CollectorRegistry()
        self._rejected = Counter(
            "vetkb_connections_rejected", "Connections refused or ended early", ["why"], registry=self._registry
        )
        self._taken: dict[tuple[str, int], _Taken] = {}
        self._second, self._shown_second = 0, ""
        ProcessCollector(registry=self._registry)

    def request(
        self, method: str, path: str, status: int, seconds: float, size: int, client: str, text: str | None = None
    ) -> None:
        """Note an answered request."""
        first = path.split("/", 2)[1] if path.startswith("/") else ""
        route = "/" + first if first in self.routes else "other"
        taken = self._taken.get((route, status))
        if taken is None:
            taken = self._taken[route, status] = _Taken()
        taken.counts[bisect_left(_BUCKETS, seconds)] += 1
        taken.seconds += seconds
        if self._out is None:
            return
        more = f',"text":{json.dumps(text)}' if text is not None and self.texts else ""
        self._lines.append(
            f'{{"time":"{self._now()}","level":"info","event":"request","method":{_quoted(method)},"path":{_quoted(path)},'
            f'"status":{status},"ms":{seconds * 1000:.2f},"bytes":{size},"client":"{client}"{more}}}\n'
        )
        if len(self._lines) >= _MOST_WAITING:
            self.flush()

    def _now(self) -> str:
        now = time.time()
        if int(now) != self._second:
            self._second = int(now)
            self._shown_second = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
        return f"{self._shown_second}.{int(now * 1000) % 1000:03d}Z"

    def question(self, **asked: str | None) -> None:
        """Note a question that was asked, where an operator wants to know what the base is asked."""
        if self.questions is not None:
            self.questions.write(json.dumps({"time": self._now(), **asked}, ensure_ascii=False) + "\n")
            self.questions.flush()

    def rejected(self, why: str) -> None:
        """Note a connection that was not served."""
        self._rejected.labels(why).inc()

    def flush(self) -> None:
        """Write the lines that wait."""
        if self._out is not None and self._lines:
            lines, self._lines = self._lines, []
            self._out.write("".join(lines))
            self._out.flush()

    def metrics(self, site: Site) -> bytes:
        """Return all figures in the text format of Prometheus."""
        registry = CollectorRegistry()
        registry.register(_State(site))
        registry.register(_Latency(self._taken))
        return generate_latest(self._registry) + generate_latest(registry)


@dataclass(slots=True)
class _Taken:
    """How long requests of one kind took: how many fell into each bucket, and all seconds together."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(_BUCKETS) + 1))
    seconds: float = 0.0


class _Latency(Collector):
    """The latency by route and status; counted here, since the library's own histogram takes as long as a kept answer."""

    def __init__(self, taken: Mapping[tuple[str, int], _Taken]) -> None:
        self._taken = taken

    def collect(self) -> Iterable[Metric]:
        labels = ["route", "status"]
        family = HistogramMetricFamily("vetkb_request_seconds", "Time until a request was answered", labels=labels)
        names = [*map(str, _BUCKETS), "+Inf"]
        for (route, status), taken in list(self._taken.items()):
            buckets = list(zip(names, accumulate(taken.counts), strict=True))
            family.add_metric([route, str(status)], buckets, taken.seconds)
        yield family


class _State(Collector):
    """What holds at the moment of asking."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def collect(self) -> Iterable[Metric]:
        site, pool = self._site, self._site.base.workers.pool
        yield InfoMetricFamily("vetkb_build", "The build that is served", {"id": site.base.build_id})
        yield _gauge("vetkb_ready", "Whether questions and queries are answered", float(site.ready))
        yield _gauge("vetkb_requests_in_flight", "Requests under way", site.in_flight)
        yield _gauge("vetkb_workers", "Processes for queries", pool.workers())
        yield _gauge("vetkb_queries_running", "Queries that run", len(pool.running()))
        yield _gauge("vetkb_queries_waiting", "Queries that wait for a worker", pool.waiting())
        ends = CounterMetricFamily("vetkb_queries", "Queries by how they ended (died: killed at a bound)", labels=["end"])
        for how, count in pool.ends().items():
            ends.add_metric([how], count)
        yield ends
        hits = CounterMetricFamily("vetkb_cache_lookups", "Look-ups in the caches", labels=["cache", "outcome"])
        for name, cache in (("results", site.results), ("wire", site.wired), ("heads", site.manners)):
            hits.add_metric([name, "hit"], cache.hits)
            hits.add_metric([name, "miss"], cache.misses)
            yield _gauge(f"vetkb_cache_{name}_bytes", f"Bytes in the cache of {name}", cache.size)
        yield hits


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


@lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    return json.dumps(text)


class JsonLines(logging.Formatter):
    """A record of the log as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        content: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.name,
            "message": record.getMessage(),
            **fields_of(record),
        }
        if record.exc_info:
            content["trace"] = self.formatException(record.exc_info)
        return json.dumps(content, ensure_ascii=False)


def fields_of(record: logging.LogRecord) -> Mapping[str, Any]:
    """Return what a caller gave as `extra={"fields": …}`."""
    fields = getattr(record, "fields", None)
    return fields if isinstance(fields, dict) else {}


def log_as_json(*names: str, stream: IO[str] | None = None) -> None:
    """Let these loggers write lines of JSON to stderr."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.WARNING if name.startswith("uvicorn") else logging.INFO)
