from collections import Counter
from itertools import islice
from pathlib import Path

from benchmarks.corpus import TOPICS, made_papers, made_queries, word_of, write_corpus
from bot.tokens import STOP_WORDS, folded_words


def test_the_made_up_papers_are_the_same_each_time(tmp_path: Path) -> None:
    corpus, queries = write_corpus(tmp_path, 20)
    again, more = write_corpus(tmp_path / "again", 20)
    assert corpus.read_bytes() == again.read_bytes()
    assert queries.read_bytes() == more.read_bytes()


def test_their_words_are_as_frequent_as_those_of_a_language() -> None:
    counts = Counter(word for paper in made_papers(300) for word in folded_words(str(paper["abstract"])))
    total = counts.total()
    function_words = sum(count for word, count in counts.items() if word in STOP_WORDS)
    assert 0.15 < function_words / total < 0.5
    assert sum(count == 1 for count in counts.values()) > len(counts) / 3


def test_papers_of_one_subject_share_words_that_others_lack() -> None:
    papers = list(islice(made_papers(50 * TOPICS), 3000))
    asked = [query["text"].split() for query in made_queries(3000)]
    holding = [sum(all(word in str(paper) for word in words) for paper in papers) for words in asked[:40]]
    assert sum(count > 0 for count in holding) > 10


def test_each_rank_has_a_word_of_its_own() -> None:
    words = [word_of(number) for number in range(60_000)]
    assert len(set(words)) == len(words)
