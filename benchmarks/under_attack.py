"""How long a light query takes while strangers try everything at once: ASK {} at a steady rate, quiet and during the attacks.

    python benchmarks/under_attack.py [--seconds 20] [--rate 50] [--attackers 6] [--timeout 10]

The attacks are those of tests/hostile.py and tests/test_web_hostile_bodies.py (queries without end, texts that harm parsers,
federation, bodies that are a trap), and clients that send slowly, send 100 MB, read nothing, or hang up. They run in a process
of their own, over and over.
*bare* is a server of three lines that is asked at the same moments: what the machine itself makes one wait.
"""

from __future__ import annotations

import argparse
import itertools
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path.insert(0, str(TESTS))

SPARQL = {"content-type": "application/sparql-query"}
# no query twice: none is to be answered from memory
NUMBERS = itertools.count()
BARE = """
import socket
with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    connection = listener.accept()[0]
    while connection.recv(1 << 16):
        connection.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n{}")
"""


def attack(url: str, attackers: int) -> None:
    """Attack a server until this process is ended."""
    import hostile  # type: ignore[import-not-found]
    from test_web_hostile_bodies import INERT, TRAPS  # type: ignore[import-not-found]

    # strangers do not have this machine's processors
    os.nice(10)
    bodies = [(kind, body.encode() if isinstance(body, str) else body) for kind, body in (TRAPS | INERT).values()]
    tried = (hostile.ENDLESS, hostile.LARGE, hostile.MALFORMED, hostile.FEDERATION, hostile.ELSEWHERE)
    queries = [
        query.replace("HTTP", "http://127.0.0.1:9/").replace("FILE", "file:///etc/passwd")
        for one in tried
        for query in one.values()
    ]
    where = urlsplit(url)
    address = (where.hostname, where.port)

    def ask(query: str) -> None:
        httpx.post(f"{url}/sparql", content=query, headers=SPARQL, timeout=60)

    def hand_in(kind: str, body: bytes) -> None:
        httpx.post(f"{url}/validate", content=body, headers={"content-type": kind}, timeout=60)

    def send_much() -> None:
        httpx.post(f"{url}/sparql", content=itertools.repeat(b" " * (1 << 20), 100), headers=SPARQL, timeout=60)

    def read_nothing() -> None:
        with closing(socket.create_connection(address)) as connection:
            connection.sendall(f"GET /sparql?query={quote('SELECT * {?s ?p ?o}')} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 20)
            time.sleep(0.5)

    def hang_up() -> None:
        with closing(socket.create_connection(address)) as connection:
            query = quote(hostile.ENDLESS["cross-join-aggregate"])
            connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.05)

    slow = [socket.create_connection(address) for _ in range(100)]
    for connection in slow:
        connection.sendall(b"GET /sparql?query=ASK")
    deeds: list[Callable[[], None]] = [
        *(lambda query=query: ask(query) for query in queries),
        *(lambda kind=kind, body=body: hand_in(kind, body) for kind, body in bodies),
        *[send_much, read_nothing, hang_up] * 3,
    ]
    todo: queue.Queue[Callable[[], None]] = queue.Queue(attackers)

    def work() -> None:
        while True:
            with suppress(OSError, httpx.HTTPError):
                todo.get()()

    for _ in range(attackers):
        threading.Thread(target=work, daemon=True).start()
    for deed in itertools.cycle(deeds):
        todo.put(deed)


@contextmanager
def attacked(url: str, attackers: int) -> Iterator[None]:
    with subprocess.Popen([sys.executable, __file__, "--attack", url, "--attackers", str(attackers)]) as process:
        try:
            yield
        finally:
            process.kill()


def waits(addresses: dict[str, tuple[str, int]], seconds: float, rate: float) -> dict[str, list[float]]:
    """Ask each server `rate` times a second; return how many milliseconds each answer took."""
    connections = {name: socket.create_connection(address) for name, address in addresses.items()}
    found: dict[str, list[float]] = {name: [] for name in addresses}
    begin = time.perf_counter()
    for turn in range(int(seconds * rate)):
        time.sleep(max(0.0, begin + turn / rate - time.perf_counter()))
        number = next(NUMBERS)
        for name, connection in connections.items():
            sent = time.perf_counter()
            connection.sendall(f"GET /sparql?query=ASK%20%7B%7D%23{number} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            answer = b""
            while b"}" not in answer:
                answer += connection.recv(1 << 16)
            if not answer.startswith(b"HTTP/1.1 200"):
                sys.exit(f"{name} answered {answer[:200]!r}")
            found[name].append((time.perf_counter() - sent) * 1000)
    return found


def show(when: str, found: dict[str, list[float]]) -> None:
    for name, times in found.items():
        ordered = sorted(times)
        shown = "  ".join(f"{share}% {ordered[int(len(ordered) * share / 100)]:7.2f}" for share in (50, 90, 99))
        print(f"{when:10} {name:8} {shown}  most {ordered[-1]:7.2f} ms  ({len(ordered)} queries)", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--attackers", type=int, default=6)
    parser.add_argument("--timeout", default="10", help="the server's deadline for queries, in seconds")
    parser.add_argument("--attack", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.attack:
        attack(options.attack, options.attackers)
    from running import serving  # type: ignore[import-not-found]

    with (
        serving("--timeout", options.timeout) as (_, url),
        subprocess.Popen([sys.executable, "-c", BARE], stdout=subprocess.PIPE, text=True) as bare,
    ):
        assert bare.stdout is not None
        port = int(bare.stdout.readline())
        where = urlsplit(url)
        addresses = {"vetkb": (str(where.hostname), int(where.port or 0)), "bare": ("127.0.0.1", port)}
        try:
            time.sleep(8)  # until /validate is warm, so that *quiet* is that
            show("quiet", waits({"vetkb": addresses["vetkb"]}, options.seconds / 4, options.rate))
            with attacked(url, options.attackers):
                time.sleep(3)
                show("attacked", waits(addresses, options.seconds, options.rate))
            show("afterwards", waits({"vetkb": addresses["vetkb"]}, options.seconds / 4, options.rate))
        finally:
            bare.kill()


if __name__ == "__main__":
    main()
