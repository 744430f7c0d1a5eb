"""Processes for strangers' input: what they may not do, what becomes of those that try, and who is served meanwhile."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetkb.errors import BusyError, IsolationError, JobCancelledError, JobFailedError, JobTimeoutError
from vetkb.isolation import Bounds, Pool
from vetkb.isolation.frames import Frames, packed
from vetkb.isolation.nursery import _wait

DEEDS = "tests.isolation_handlers:prepare_deeds"


def pool_of(**options):
    bounds = Bounds(options.pop("seconds", 5.0), options.pop("memory", 64 << 20))
    return Pool(DEEDS, {}, bounds=bounds, **options)


@pytest.fixture(scope="module")
def pool():
    with pool_of(count=2) as made:
        yield made


def do(pool, deed, seconds=None, **request):
    return pool.call({"deed": deed, **request}, seconds=seconds, label=deed)[0]["outcome"]


def test_a_wait_ends_where_another_thread_has_closed_the_channel():
    ours, theirs = socket.socketpair()
    ours.close()
    with theirs, pytest.raises(EOFError):
        _wait(ours, 1, 1e12)


HEADERS = st.dictionaries(st.text(max_size=5), st.integers())


FRAMES = st.lists(st.tuples(HEADERS, st.binary(max_size=50), st.floats(0, 1e6)), max_size=4)


@given(FRAMES, st.lists(st.one_of(st.integers(1, 4), st.integers(1, 300)), min_size=1, max_size=9))
def test_frames_come_out_as_they_went_in_however_they_are_cut(sent, cuts):
    stream, frames, received = b"".join(packed(*frame) for frame in sent), Frames(), []
    for cut in itertools.cycle(cuts):
        if not stream:
            break
        piece, stream = stream[:cut], stream[cut:]
        found = frames.feed(piece)
        while found is not None:
            received.append(found)
            found = frames.feed(b"")
    assert received == sent


def test_a_job_is_done_and_its_worker_does_the_next(pool):
    assert pool.call({"deed": "echo", "word": "好"}, b"body")[:2] == ({"outcome": "好"}, b"body")
    assert do(pool, "pid") == do(pool, "pid")


def test_a_worker_that_only_waited_does_the_next_job_and_one_that_was_slowed_down_does_not(pool):
    before = do(pool, "pid")
    do(pool, "sleep", time=0.7)
    assert do(pool, "pid") == before
    do(pool, "work", time=0.5)
    assert do(pool, "pid") != before


def test_a_large_body_goes_there_and_back(pool):
    body = bytes(range(256)) * 40_000
    assert pool.call({"deed": "echo"}, body)[1] == body


@pytest.mark.parametrize("deed", ["read", "connect"])
def test_a_worker_can_open_no_file_and_no_socket(pool, deed):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        assert do(pool, deed, port=listener.getsockname()[1]) == "OSError"
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_worker_that_wants_too_much_memory_is_told_so_and_replaced(pool):
    before = do(pool, "pid")
    assert do(pool, "take", bytes=1 << 20) == 1 << 20
    assert pool.call({"deed": "take", "bytes": 1 << 30}).header == {"error": "memory"}
    assert do(pool, "pid") != before


@pytest.mark.parametrize("deed", ["die", "fail"])
def test_a_worker_that_dies_costs_its_own_job_alone(pool, deed):
    with pytest.raises(JobFailedError):
        do(pool, deed)
    assert do(pool, "echo", word="next") == "next"


def test_a_job_is_ended_at_its_deadline(pool):
    with pytest.raises(JobTimeoutError, match=r"0\.2 seconds"):
        do(pool, "spin", seconds=0.2)
    assert pool.ends()["timeout"] >= 1


def test_what_cannot_be_prepared_is_told_in_its_words():
    with Pool("tests.isolation_handlers:prepare_failure", {}) as broken, pytest.raises(IsolationError, match="nothing is there"):
        broken.call({})


def test_a_job_can_be_seen_and_cancelled(pool):
    with ThreadPoolExecutor(1) as threads:
        job = threads.submit(do, pool, "spin")
        while not (running := pool.running()):
            pass
        assert running[0].label == "spin"
        assert pool.cancel(running[0].id)
        with pytest.raises(JobCancelledError):
            job.result()
    assert not pool.cancel(10**9)


def test_short_jobs_are_done_while_more_long_ones_are_asked_for_than_there_is_room():
    with pool_of(count=1, spare=1, seconds=3.0) as pool, ThreadPoolExecutor(6) as threads:
        long = [threads.submit(do, pool, "spin") for _ in range(6)]
        while pool.waiting() < 4:
            pass
        assert do(pool, "echo", word="short") == "short"
        outcomes = [type(job.exception()) for job in long]
    assert set(outcomes) == {BusyError, JobTimeoutError}
    assert outcomes.count(JobTimeoutError) >= 1


def test_the_reserve_is_never_left_to_long_jobs_and_stands_ready():
    with pool_of(count=1, spare=2, reserve=1, seconds=2.0) as pool, ThreadPoolExecutor(3) as threads:
        do(pool, "echo")
        jobs = [threads.submit(do, pool, "spin") for _ in range(3)]
        outcomes = Counter(type(job.exception()) for job in jobs)
        assert outcomes == {JobTimeoutError: 2, BusyError: 1}
        while pool.workers() < 1:
            pass
        assert pool.running() == []


def test_long_jobs_are_left_alone_where_nobody_waits():
    with pool_of(count=1, spare=2, seconds=0.5) as pool, ThreadPoolExecutor(3) as threads:
        outcomes = [type(job.exception()) for job in [threads.submit(do, pool, "spin") for _ in range(3)]]
    assert outcomes == [JobTimeoutError] * 3


def test_a_job_runs_from_an_event_loop_where_a_worker_is_free_or_was_waited_for():
    async def scenario(pool):
        assert pool.begin({"deed": "echo"}) is None, "nobody has been started yet"
        child = await asyncio.to_thread(pool.acquire)
        assert (await pool.begin({"deed": "echo", "word": "first"}, child=child))[:2] == ({"outcome": "first"}, b"")
        assert (await pool.begin({"deed": "echo", "word": "soon"}, b"body"))[:2] == ({"outcome": "soon"}, b"body")
        with pytest.raises(JobTimeoutError):
            await pool.begin({"deed": "spin"}, seconds=0.2)
        await asyncio.to_thread(pool.call, {"deed": "echo"})
        with pytest.raises(JobFailedError):
            await pool.begin({"deed": "die"})

    with pool_of() as pool:
        asyncio.run(scenario(pool))
        assert pool.running() == []


def test_a_job_whose_caller_is_gone_is_ended():
    async def scenario(pool):
        await asyncio.to_thread(pool.call, {"deed": "echo"})
        job = pool.begin({"deed": "spin"})
        assert pool.running()
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        await asyncio.sleep(0)
        assert (pool.running(), pool.workers()) == ([], 0)

    with pool_of() as pool:
        asyncio.run(scenario(pool))


def test_a_nursery_that_was_killed_is_replaced():
    with pool_of() as pool:
        do(pool, "echo")
        pool._crew._nursery._process.kill()
        pool._crew._nursery._process.wait()
        with pytest.raises(JobFailedError):
            do(pool, "die")
        assert do(pool, "echo", word="again") == "again"


def test_closing_ends_what_runs_and_what_waits():
    with ThreadPoolExecutor(2) as threads:
        pool = pool_of(count=1)
        jobs = [threads.submit(do, pool, "spin") for _ in range(2)]
        while not (pool.running() and pool.waiting()):
            pass
        threading.Thread(target=pool.close).start()
        assert [type(job.exception()) for job in jobs] == [JobCancelledError] * 2
        with pytest.raises(JobCancelledError):
            do(pool, "echo")
