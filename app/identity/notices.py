"""What account holders are told about their own account (A17): in the app, in words that name no record and no person, and
by a mail that says no more than that there is something to read."""

from datetime import datetime, timedelta
from uuid import UUID

from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.data.tables.delivery import Outbox
from app.data.tables.identity import Notice
from app.delivery import outbox
from app.language import _

_UNREAD = Statement("""SELECT n.id, n.kind, n.at, n.detail FROM notice n
    WHERE n.account = {account} AND n.read_at IS NULL ORDER BY n.at DESC, n.id LIMIT 20""")
_ADMINISTRATORS = Statement("""SELECT a.id FROM staff st JOIN account a ON a.person = st.person
    WHERE st.role = 'admin' AND st.ended_at IS NULL AND a.disabled_at IS NULL LIMIT 50""")
_LAST = Statement(
    "SELECT n.at FROM notice n WHERE n.account = {account} AND n.kind = {kind} ORDER BY n.at DESC LIMIT 1"
)
_WHOSE = Statement("SELECT a.person FROM account a WHERE a.id = {account}")
_OVERSEERS = Statement("""SELECT a.id, a.person FROM staff st JOIN account a ON a.person = st.person
    WHERE st.role IN ('admin', 'supervisor') AND st.ended_at IS NULL AND a.disabled_at IS NULL LIMIT 100""")
ONCE_IN = timedelta(minutes=10)
IN_THE_APP_ALONE = ("oldest_session_ended",)
MAIL = "account.notice"


async def tell(account: UUID, kind: str, now: datetime, detail: str = "") -> None:
    """Both ways commit together, with whatever the caller's transaction changes."""
    notice = Notice(account=account, kind=kind, at=now, detail=detail)
    async with DB.transaction():
        await Notice.insert(notice)
        if kind not in IN_THE_APP_ALONE:
            await _mail((await DB.run((_WHOSE, {"account": account})))[0][0]["person"], notice.id, now)


async def _mail(person: UUID, notice: UUID, now: datetime) -> None:
    """One that has not left yet says enough for all."""
    mine = (Outbox.recipient == person) & (Outbox.kind == MAIL) & Outbox.address.is_null()
    if not await Outbox.exists().where(mine, Outbox.done_at.is_null(), Outbox.handed_at.is_null()):
        await outbox.put(MAIL, person, now, key=f"{MAIL}:{notice}")


async def tell_overseers(kind: str, now: datetime, *, but: UUID) -> None:
    """Everyone who may be a second person, but the first (a person)."""
    for row in (await DB.run((_OVERSEERS, {})))[0]:
        if row["person"] != but:
            await tell(row["id"], kind, now)


async def tell_administrators(kind: str, now: datetime) -> None:
    """Each of them, once in ten minutes at most."""
    for row in (await DB.run((_ADMINISTRATORS, {})))[0]:
        last = (await DB.run((_LAST, {"account": row["id"], "kind": kind})))[0]
        if not last or last[0]["at"] <= now - ONCE_IN:
            await tell(row["id"], kind, now)


async def unread(account: UUID) -> list[Row]:
    """The latest first: `text` in the reader's language, `at`."""
    found = (await DB.run((_UNREAD, {"account": account})))[0]
    return [row | {"text": words(row["kind"], row["detail"])} for row in found]


async def read_all(account: UUID, now: datetime) -> None:
    await Notice.update({Notice.read_at: now}).where(Notice.account == account, Notice.read_at.is_null())


def words(kind: str, detail: str) -> str:
    sentences = {
        "new_device": _("Someone signed in to your account on a new device: %(device)s.") % {"device": detail},
        "success_after_failures": _("You signed in after several wrong passwords. Someone else may have tried yours."),
        "password_changed": _("Your password was changed."),
        "code_added": _("A one-time code was added to your account."),
        "passkey_added": _("A passkey was added: %(name)s.") % {"name": detail},
        "passkey_removed": _("A passkey was removed: %(name)s.") % {"name": detail},
        "passkey_copied": _("A passkey was turned away because it may have been copied: %(name)s.") % {"name": detail},
        "recovery_code_used": _("A recovery code was used. Every other device was signed out."),
        "few_recovery_codes": _("You have only a few recovery codes left. Make new ones."),
        "recovery_codes_made": _("New recovery codes were made. The old ones no longer work."),
        "oldest_session_ended": _("You were signed in on many devices, so the oldest was signed out: %(device)s.")
        % {"device": detail},
        "password_reset": _("A new password was chosen by a link that was mailed to you. Every device was signed out."),
        "address_changed": _("The address you sign in with was changed."),
        "recovery_started": _("Someone on staff made a link that helps you sign in again."),
        "recovery_done": _("You set up anew how you sign in, with a link from staff. The old ways in are over."),
        "recovery_waits": _("Someone needs help to sign in again, and a second person’s yes. It waits for you."),
        "recovery_approved": _("A second person said yes. You can make the link now."),
        "many_failures": _("Many sign-ins went wrong in a short time. Someone may be trying passwords on this site."),
    }
    return sentences.get(kind, _("Something about how you sign in was changed."))
