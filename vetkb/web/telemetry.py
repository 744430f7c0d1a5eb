"""What an operator sees: a line of JSON for each request, and figures for Prometheus.

Lines tell the path, never what was asked, unless that is switched on (`--log-text`). They are written a few times a second,
many at once, since a line at a time would take longer than an answer from the cache. The only door to prometheus_client.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from vetkb.web.site import Site

_MOST_WAITING = 500
_SLOW_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


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
        self._seconds = Histogram(
            "vetkb_request_seconds", "Time until a request was answered", ["route", "status"],
            registry=self._registry, buckets=_SLOW_BUCKETS,
        )  # fmt: skip
        self._rejected = Counter(
            "vetkb_connections_rejected", "Connections refused or ended early", ["why"], registry=self._registry
        )
        self._observers: dict[tuple[str, int], Callable[[float], None]] = {}
        self._second, self._shown_second = 0, ""
        ProcessCollector(registry=self._registry)

    def request(
        self, method: str, path: str, status: int, seconds: float, size: int, client: str, text: str | None = None
    ) -> None:
        """Note an answered request."""
        first = path.split("/", 2)[1] if path.startswith("/") else ""
        route = "/" + first if first in self.routes else "other"
        observe = self._observers.get((route, status))
        if observe is None:
            observe = self._observers[route, status] = self._seconds.labels(route, str(status)).observe
        observe(seconds)
        if self._out is None:
            return
        shown = json.dumps(path) if path.isprintable() and path.isascii() else json.dumps(path, ensure_ascii=True)
        more = f',"text":{json.dumps(text)}' if text is not None and self.texts else ""
        self._lines.append(
            f'{{"time":"{self._now()}","level":"info","event":"request","method":{json.dumps(method)},"path":{shown},'
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
        return generate_latest(self._registry) + generate_latest(registry)


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
        for name, cache in (("results", site.results), ("wire", site.wired)):
            hits.add_metric([name, "hit"], cache.hits)
            hits.add_metric([name, "miss"], cache.misses)
            yield _gauge(f"vetkb_cache_{name}_bytes", f"Bytes in the cache of {name}", cache.size)
        yield hits


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


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
