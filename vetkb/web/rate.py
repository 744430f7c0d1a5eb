"""How often one client may ask: a bucket of tokens for each address, off unless an operator wants it."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict

_MOST_CLIENTS = 10_000
_BURST_SECONDS = 5.0


class Rate:
    """限流 — Lets each client ask `per_second` times a second in the long run, and what it saved up over five seconds at once.

    An IPv6 client is its /64 network, since it has all addresses in there. The clients that asked longest ago are forgotten,
    which only ever favours them.
    """

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        self._most = max(1.0, per_second * _BURST_SECONDS)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def exceeded(self, client: tuple[str, int] | None, now: float | None = None) -> bool:
        """Take a token; say whether there was none."""
        moment = time.monotonic() if now is None else now
        key = _network(client[0]) if client else ""
        tokens, since = self._buckets.pop(key, (self._most, moment))
        tokens = min(self._most, tokens + (moment - since) * self.per_second)
        none_left = tokens < 1.0
        self._buckets[key] = (tokens if none_left else tokens - 1.0, moment)
        if len(self._buckets) > _MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return none_left

    def retry_after(self) -> int:
        """Return the seconds in which a token comes back."""
        return max(1, round(1 / self.per_second))


def _network(address: str) -> str:
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
