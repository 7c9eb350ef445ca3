from __future__ import annotations

from collections.abc import Sequence

# More than anybody reads at once.
MOST_SHOWN = 20


class NoticeRefused(ValueError):
    """A file that is no notice; `sentences` say why, each naming its row where it has one."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = list(sentences)[:MOST_SHOWN]
        super().__init__("\n".join(self.sentences))
