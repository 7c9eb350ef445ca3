"""What this room has the engine look after with its sweeps; imported once, when the app is ready."""

from approvals.documents.shelf import look_after
from servicedesk.desk.rounds import register_round

register_round(look_after)
