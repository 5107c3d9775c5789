"""One polite, bounded way out, seen from hosts on the loopback."""

import asyncio
import gzip
import resource
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from adapters.sources.courtesy import COURTESIES, Courtesies, Courtesy
from adapters.sources.fetch import Fetcher, Limits
from adapters.sources.fetched import FetchFailed
from bot.announcements import SourceState
from tests.wire.sources.hosts import Says, a_fetcher, a_host, always, in_turn

QUICK = Limits(deadline_s=0.5, first_wait_s=0.01, wait_jitter_s=0.01)


async def test_a_request_names_paperround_and_whom_to_write_to() -> None:
    async with a_host(always(Says(b"well"))) as host, a_fetcher(host) as fetcher:
        fetched = await fetcher.get(f"{host.address}/feed", {"a": "1 2"})
    assert fetched.body == b"well"
    assert host.asked[0].params == {"a": "1 2"}
    agent = host.asked[0].headers["user-agent"]
    assert "Paperround" in agent
    assert "paperround@lab.example" in agent


async def test_what_did_not_change_is_not_sent_again() -> None:
    answers = in_turn(
        Says(b"news", headers={"ETag": '"v1"', "Last-Modified": "Mon, 23 Nov 2026 05:00:00 GMT"}),
        Says(status=304),
    )
    async with a_host(answers) as host, a_fetcher(host) as fetcher:
        first = await fetcher.get(host.address)
        state = SourceState(etag=first.etag, last_modified=first.last_modified)
        second = await fetcher.get(host.address, state=state)
    assert (first.unchanged, second.unchanged) == (False, True)
    assert host.asked[1].headers["if-none-match"] == '"v1"'
    assert host.asked[1].headers["if-modified-since"] == "Mon, 23 Nov 2026 05:00:00 GMT"


async def test_how_long_an_answer_stays_fresh_is_the_host_s_own_word() -> None:
    answered = datetime(2026, 11, 24, 18, tzinfo=UTC)
    headers = {"Date": format_datetime(answered, usegmt=True), "Cache-Control": "public, max-age=3600"}
    async with a_host(always(Says(b"x", headers=headers))) as host, a_fetcher(host) as fetcher:
        fetched = await fetcher.get(host.address)
    assert fetched.fresh_until == answered + timedelta(hours=1)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_passing_fault_is_asked_again_a_few_times(status: int) -> None:
    answers = in_turn(Says(b"down", status), Says(b"down", status), Says(b"up"))
    async with a_host(answers) as host, a_fetcher(host) as fetcher:
        assert (await fetcher.get(host.address)).body == b"up"
    assert len(host.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_a_lasting_refusal_is_asked_once_and_told_with_its_words(status: int) -> None:
    body = b"<feed><title>x</title><summary>incorrect id format for abc</summary></feed>"
    async with a_host(always(Says(body, status))) as host, a_fetcher(host) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.get(host.address)
    assert caught.value.why == f"127.0.0.1 answered {status}: incorrect id format for abc"
    assert len(host.asked) == 1


async def test_a_host_that_asks_for_seconds_is_given_them() -> None:
    answers = in_turn(Says(b"", 503, {"Retry-After": "1"}), Says(b"up"))
    async with a_host(answers) as host, a_fetcher(host) as fetcher:
        assert (await fetcher.get(host.address)).body == b"up"
    assert host.asked[1].at - host.asked[0].at >= 1.0


async def test_a_host_that_asks_for_minutes_is_left_alone_and_the_time_is_told() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=30), usegmt=True)
    async with a_host(always(Says(b"", 503, {"Retry-After": later}))) as host, a_fetcher(host) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.get(host.address)
    assert len(host.asked) == 1
    assert caught.value.retry_after_s == pytest.approx(1800, abs=5)


async def test_a_host_that_is_asked_too_often_is_not_asked_again_for_minutes() -> None:
    async with a_host(always(Says(b"Rate exceeded.", 429))) as host, a_fetcher(host) as fetcher:
        with pytest.raises(FetchFailed, match="429: Rate exceeded") as caught:
            await fetcher.get(host.address)
    assert len(host.asked) == 1
    assert caught.value.retry_after_s == 300


async def test_requests_to_one_host_keep_their_distance_and_come_one_at_a_time() -> None:
    async def slowly() -> AsyncIterator[bytes]:
        await asyncio.sleep(0.05)
        yield b"x"

    async with (
        a_host(lambda _: Says(slowly())) as host,
        a_fetcher(host, courtesy=Courtesy(1, 0.2)) as fetcher,
    ):
        await asyncio.gather(*(fetcher.get(host.address) for _ in range(4)))
    times = [asked.at for asked in host.asked]
    assert all(later - earlier >= 0.19 for earlier, later in pairwise(times))
    assert host.most_at_once == 1


async def test_a_busy_host_does_not_keep_another_waiting() -> None:
    async with a_host(always(Says(b"a"))) as slow, a_host(always(Says(b"b"))) as other:
        courtesies = Courtesies({"127.0.0.1": Courtesy(1, 5.0)}, Courtesy(1000, 1.0, 100))
        places = frozenset({slow.place, f"localhost:{other.port}"})
        async with Fetcher("", allow_hosts=places, courtesies=courtesies) as fetcher:
            await fetcher.get(slow.address)
            waiting = asyncio.create_task(fetcher.get(slow.address))
            async with asyncio.timeout(2):
                assert (await fetcher.get(f"http://localhost:{other.port}/")).body == b"b"
            assert not waiting.done()
            waiting.cancel()


def test_all_of_arxiv_s_services_count_as_one_host_with_three_seconds_between_requests() -> None:
    courtesies = Courtesies()
    queues = {id(courtesies._queue(f"{name}arxiv.org")) for name in ("", "export.", "rss.", "oaipmh.")}  # noqa: SLF001
    assert len(queues) == 1
    assert COURTESIES["arxiv.org"] == Courtesy(1, 3.0, 1)
    assert courtesies._queue("notarxiv.org") is not courtesies._queue("arxiv.org")  # noqa: SLF001


@pytest.mark.parametrize("packing", ["gzip", "deflate", "raw deflate", "gzip, unsaid", "said, not packed"])
async def test_packed_answers_are_unpacked_whatever_the_host_says_of_them(packing: str) -> None:
    text = b"abstracts " * 50_000
    raw = zlib.compressobj(wbits=-15)
    bodies = {
        "gzip": (gzip.compress(text[:1000]) + gzip.compress(text[1000:]), "gzip"),
        "deflate": (zlib.compress(text), "deflate"),
        "raw deflate": (raw.compress(text) + raw.flush(), "deflate"),
        "gzip, unsaid": (gzip.compress(text), ""),
        "said, not packed": (text, "gzip"),
    }
    body, encoding = bodies[packing]
    headers = {"Content-Encoding": encoding} if encoding else {}
    async with a_host(always(Says(body, headers=headers))) as host, a_fetcher(host) as fetcher:
        assert (await fetcher.get(host.address)).body == text


async def test_a_packing_that_was_not_asked_for_is_refused() -> None:
    says = Says(b"x", headers={"Content-Encoding": "br"})
    async with a_host(always(says)) as host, a_fetcher(host) as fetcher:
        with pytest.raises(FetchFailed, match="not asked for"):
            await fetcher.get(host.address)


async def test_redirects_are_followed_and_those_for_good_are_remembered() -> None:
    answers = in_turn(Says(status=301, headers={"Location": "/new"}), Says(b"here"))
    async with a_host(answers) as host, a_fetcher(host) as fetcher:
        fetched = await fetcher.get(f"{host.address}/old")
    assert (fetched.body, fetched.address, fetched.moved_to) == (b"here", f"{host.address}/new", f"{host.address}/new")


async def test_a_redirect_for_the_moment_is_not_remembered() -> None:
    answers = in_turn(
        Says(status=301, headers={"Location": "/a"}), Says(status=302, headers={"Location": "/b"}), Says()
    )
    async with a_host(answers) as host, a_fetcher(host) as fetcher:
        assert (await fetcher.get(f"{host.address}/old")).moved_to == ""


async def test_a_key_is_not_shown_to_the_host_that_a_redirect_leads_to() -> None:
    async with a_host(always(Says(b"x"))) as other:
        leads = Says(status=302, headers={"Location": f"{other.address}/"})
        async with a_host(always(leads)) as host, a_fetcher(host, other) as fetcher:
            await fetcher.get(host.address, headers={"x-api-key": "secret"})
    assert host.asked[0].headers["x-api-key"] == "secret"
    assert "x-api-key" not in other.asked[0].headers


async def test_q2_an_answer_that_is_cut_off_is_a_failure_after_a_few_attempts() -> None:
    packed = gzip.compress(b"abstracts " * 10_000)
    for says in (
        Says(b"half", length=8),
        Says(packed[:-20], headers={"Content-Encoding": "gzip"}),
    ):
        async with a_host(always(says)) as host, a_fetcher(host) as fetcher:
            with pytest.raises(FetchFailed, match="broke off"):
                await fetcher.get(host.address)
        assert len(host.asked) == 3


async def test_q3_an_answer_that_drips_is_given_up_at_the_deadline() -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.05)

    begun = asyncio.get_running_loop().time()
    async with a_host(lambda _: Says(drip())) as host, a_fetcher(host, limits=QUICK) as fetcher:
        with pytest.raises(FetchFailed, match=r"within 0\.5 s"):
            await fetcher.get(host.address)
    assert asyncio.get_running_loop().time() - begun < 1.5
    assert len(host.asked) == 1


async def test_q3_an_endless_answer_is_given_up_at_the_cap() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65_536

    async with a_host(lambda _: Says(endless())) as host, a_fetcher(host) as fetcher:
        with pytest.raises(FetchFailed, match="more than 8 MB"):
            await fetcher.get(host.address)


async def test_q3_endless_redirects_are_given_up_after_five() -> None:
    async with (
        a_host(always(Says(status=302, headers={"Location": "/again"}))) as host,
        a_fetcher(host) as fetcher,
    ):
        with pytest.raises(FetchFailed, match="without end"):
            await fetcher.get(host.address)
    assert len(host.asked) == 6


async def test_q3_the_deadline_counts_all_redirects_together() -> None:
    leads = Says(status=302, headers={"Location": "/again"}, after_s=0.2)
    limits = Limits(deadline_s=0.5, redirects=1000, attempts=1)
    async with a_host(always(leads)) as host, a_fetcher(host, limits=limits) as fetcher:
        with pytest.raises(FetchFailed, match="within"):
            await fetcher.get(host.address)
    assert len(host.asked) < 8


async def test_q4_what_unpacks_to_half_a_gigabyte_is_given_up_without_being_held() -> None:
    packer = zlib.compressobj(9, wbits=31)
    first = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush the same megabyte is packed into the same bytes.
    bomb = first + (packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)) * 511
    assert len(bomb) < 600_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    says = Says(bomb, headers={"Content-Encoding": "gzip"})
    async with a_host(always(says)) as host, a_fetcher(host) as fetcher:
        with pytest.raises(FetchFailed, match="more than 8 MB"):
            await fetcher.get(host.address)
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown_mb < 40
