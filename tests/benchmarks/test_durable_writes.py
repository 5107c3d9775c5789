from benchmarks.ledger import measure_ledger
from benchmarks.reactions import measure_reactions


def test_the_benchmark_of_reactions_loses_none() -> None:
    figures = measure_reactions(flood=512, single=20)
    assert figures["recorded"] == figures["kept"] == 3 * (512 + 128 + 512) + 20
    assert figures["in_flight_256_per_s"]


def test_the_benchmark_of_the_ledger_sends_each_part_once() -> None:
    figures = measure_ledger(digests=256, single=20)
    assert (figures["digests"], figures["sent"], figures["claimed_twice"]) == (512, 512, 0)
    assert figures["pairs_per_s"]
    assert figures["batches_of_50_per_s"]
