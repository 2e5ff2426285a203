"""Ten recovery codes, shown once, each for one use in place of a lost second factor (R1, R2)."""

import secrets
from datetime import datetime
from uuid import UUID

from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.identity import RecoveryCode
from app.identity.passwords import WORKERS, hash_password, verify

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: nothing that is mistaken for something else
COUNT, LENGTH = 10, 16


def plain(typed: str) -> str:
    """As stored: upper case, without spaces and dashes, with O, I and L read as what was meant."""
    swapped = typed.upper().translate(str.maketrans("OIL", "011"))
    return "".join(ch for ch in swapped if ch in ALPHABET)


async def renew(account: UUID, keys: Keys) -> list[str]:
    """A new set; the old one is void. Each is shown as XXXX-XXXX-XXXX-XXXX."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(COUNT)]
    rows = [RecoveryCode(account=account, code=await WORKERS.run(hash_password, keys, code)) for code in codes]
    async with DB.transaction():
        await RecoveryCode.delete().where(RecoveryCode.account == account)
        await RecoveryCode.insert(*rows)
    return ["-".join(code[i : i + 4] for i in range(0, LENGTH, 4)) for code in codes]


async def spend(account: UUID, keys: Keys, typed: str, now: datetime) -> bool:
    """Use one code up. Every unused one is tried, so the time taken tells nothing of which it was."""
    code = plain(typed)
    unused = RecoveryCode.account == account
    rows = await RecoveryCode.select().where(unused, RecoveryCode.used_at.is_null())
    right = None
    for row in rows:
        if await WORKERS.run(verify, keys, row["code"], code):
            right = row["id"]
    if right is None:
        return False
    mine = RecoveryCode.id == right
    took = (
        await RecoveryCode.update({RecoveryCode.used_at: now})
        .where(mine, RecoveryCode.used_at.is_null())
        .returning(RecoveryCode.id)
    )
    return bool(took)


async def left(account: UUID) -> int:
    return await RecoveryCode.count().where(RecoveryCode.account == account, RecoveryCode.used_at.is_null())
