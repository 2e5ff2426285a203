"""What becomes of a telling, and the one sentence that may be answered."""

from app.language import catalogue, lazy

NEW, TAKEN, ASIDE = "new", "taken", "aside"
SEALED = ("about", "text", "who", "reach")
ANSWER = lazy("We can’t say whether anyone is with us. We read what you wrote. Thank you.")


def answer_in(code: str) -> str:
    """In the language of whoever told us."""
    return catalogue(code).gettext(ANSWER)
