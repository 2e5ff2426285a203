"""A search as it stands in a page's address."""

from app.forms import SEARCH, Form
from app.resource.languages import CODES
from app.resource.needs import NEEDS
from app.resource.search import DEEPEST, Query


def asked(form: Form) -> Query:
    """A filter that we do not know is no filter. Words that are too long are an error of the form."""
    query = Query(
        words=form.line("q", SEARCH),
        need=form.choice("need", NEEDS),
        language=form.choice("language", CODES),
        free=form.flag("free"),
        open_now=form.flag("open"),
        page=form.number("page", 1, DEEPEST) or 1,
    )
    for name in ("need", "language", "page"):
        form.errors.pop(name, None)
    return query
