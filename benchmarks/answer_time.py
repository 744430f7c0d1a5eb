"""How long an answer takes: the whole process `vetkb ask`, and GET /ask of a running server, both warm.

    python benchmarks/answer_time.py [--runs 15] [--requests 200]

Prints minimum, median and maximum. The process figure has the bare interpreter (`python -c pass`) beside it, measured in turn
with it, so that the machine's own share can be seen.
"""

from __future__ import annotations

import argparse
import http.client
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse

QUESTIONS = (
    "市财政局负责哪些任务？",
    "第18项任务由谁负责？",
    "公办高等职业院校生均财政拨款标准是多少？",
    "How many tasks does the Education Bureau have?",
)
COMMAND = [sys.executable, "-m", "vetkb"]


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def report(name: str, times: list[float]) -> None:
    low, middle, high = (1e3 * f(times) for f in (min, statistics.median, max))
    print(f"{name:32} min {low:8.1f} ms   median {middle:8.1f} ms   max {high:8.1f} ms")


def processes(runs: int) -> None:
    ask = [*COMMAND, "ask", QUESTIONS[0]]
    seconds(ask)  # compiles the base on first use
    pairs = [(seconds(ask), seconds([sys.executable, "-c", "pass"])) for _ in range(runs)]
    report("vetkb ask (process)", [a for a, _ in pairs])
    report("python -c pass (process)", [b for _, b in pairs])


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def requests(count: int) -> None:
    port = free_port()
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            wait_for(port)
            connection = http.client.HTTPConnection("127.0.0.1", port)
            for question in QUESTIONS:
                path = "/ask?" + urllib.parse.urlencode({"q": question})
                times = []
                for _ in range(count + 5):
                    start = time.perf_counter()
                    connection.request("GET", path, headers={"Accept": "application/json"})
                    connection.getresponse().read()
                    times.append(time.perf_counter() - start)
                report(f"GET /ask {question}", times[5:])
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    processes(options.runs)
    requests(options.requests)


if __name__ == "__main__":
    main()
