"""What counts how much: the weights that serve members, and named others to hold them against."""

from dataclasses import dataclass, replace

from bot.feedback_scoring import FEEDBACK, FeedbackWeights, Growing
from bot.scoring import KEYWORDS, KeywordWeights


@dataclass(frozen=True, slots=True)
class Weights:
    """All weights of one ranker."""

    keywords: KeywordWeights = KEYWORDS
    feedback: FeedbackWeights = FEEDBACK


SERVED = Weights()

# What the host can have compared with the served weights (see `bot/interleaving.py`).
RIVALS = {
    # Typed words alone find papers, without related words and meaning; verdicts teach as ever.
    "plain-words": Weights(keywords=replace(KEYWORDS, expanded=0.0, meant=0.0, asked=0.0, second=0.0)),
    # Each paper stands for itself, whatever its neighbours score.
    "no-company": Weights(feedback=replace(FEEDBACK, company=Growing(0.0, FEEDBACK.company.half))),
}
