"""THE ONLY DOOR to client data: the decision, its twin for queries, the Access object and the log of looks."""

from app.access.desk import Desk, DeskListing
from app.access.door import Access, Listing, Trace, access_of, preview_of
from app.access.facts import Action, Category, Flag, Kind, Label, Mask, Role, Viewer
from app.access.work import Work, raise_epoch

__all__ = [
    "Access", "Action", "Category", "Desk", "DeskListing", "Flag", "Kind", "Label", "Listing", "Mask", "Role", "Trace",
    "Viewer", "Work", "access_of", "preview_of", "raise_epoch",
]  # fmt: skip
