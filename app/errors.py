"""What a rule can say no with. Handlers let these pass; the application answers them once."""


class DomainError(Exception):
    status = 400


class NotFound(DomainError):
    """Absent or out of reach: nobody can tell which."""

    status = 404


class Refused(DomainError):
    """The thing is within reach, the act is not this person's to do."""

    status = 403


class Stale(DomainError):
    """Somebody else saved first. The page shows both texts."""

    status = 409


class Invalid(DomainError):
    """What was typed cannot be used. `errors` maps a field's name to what to do about it, in the reader's language."""

    status = 422

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


class StepUpNeeded(DomainError):
    """A factor must be shown again before this act."""

    status = 403
