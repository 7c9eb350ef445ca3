"""Filling a desk by the hundred thousand, for measuring: a few matters are walked through the verbs and taken
back again, and what the verbs wrote of them is printed as often as wanted, each time with other people, words
and moments. So every row is such as the engine writes it, and verifies and replays as any other.

Nothing here serves a living desk; letters, notices and files are left out."""

from servicedesk.desk.bulk.declaring import Act, Bulk, Gap, Story, bulk_of, register_afterwards, register_bulk

__all__ = ["Act", "Bulk", "Gap", "Story", "bulk_of", "register_afterwards", "register_bulk"]
