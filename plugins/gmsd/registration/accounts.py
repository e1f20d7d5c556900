"""Accounts: how a coordinator comes in without a personal link: with a password of their own, and a code of the letter that came by post.

The password is set by a link in a mail, the codes come on paper: who has one of the two gets nowhere. A code is used once. Whoever has an
authenticator may use it instead of the letter, once it was set up with a code. Of passwords and codes hashes are kept, of an authenticator
its secret, encrypted.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gmsd.database import statement
from gmsd.errors import GmsdError
from gmsd.journal import audit, lock_coordinators

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gmsd.settings import Settings

CODES_IN_A_LETTER: Final = 24
SHORTEST_PASSWORD: Final = 12
_LONGEST_PASSWORD: Final = 200
PASSWORD_LINK_FOR: Final = dt.timedelta(hours=1)
# No letter or figure that is taken for another when it is read from paper.
_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH: Final = 10
# 32 MB and a tenth of a second for each guess.
_COST: Final = {"n": 2**15, "r": 8, "p": 1}
_STEP: Final = 30
_DIGITS: Final = 6


class PasswordRefusedError(GmsdError):
    """A password is too short, too long, or the address itself; the text is Dutch."""


@dataclass(frozen=True, slots=True)
class CodesLetter:
    """The codes of a letter, in the order in which they are printed; they are nowhere else."""

    coordinator_id: str
    codes: tuple[str, ...]
    made_at: dt.datetime


def make_letter(connection: Connection, settings: Settings, coordinator_id: str, *, at: dt.datetime, actor: str) -> CodesLetter:
    """New codes for a coordinator, in the caller's transaction; those of an earlier letter open nothing any more.

    Args:
        connection: With the loader's rights; nothing is committed.
        settings: Name the reference key, under which codes are hashed.
        coordinator_id: Whom the letter is for.
        at: The moment of the clock.
        actor: Who makes it, for the trail.
    """
    lock_coordinators(connection)
    drawn = ["".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)) for _ in range(CODES_IN_A_LETTER)]
    connection.execute(statement("registration/forget_codes"), {"coordinator_id": coordinator_id})
    rows = [{"coordinator_id": coordinator_id, "code_hash": _code_hash(settings, coordinator_id, code), "at": at} for code in drawn]
    connection.execute(statement("registration/add_code"), rows)
    audit(connection, coordinator_id, "letter made", at=at, actor=actor, details={"codes": len(drawn)})
    return CodesLetter(coordinator_id, tuple(f"{code[:5]}-{code[5:]}" for code in drawn), at)


def codes_left(connection: Connection, coordinator_id: str) -> int:
    """How many codes of the letter were not used yet."""
    return int(connection.scalar(statement("registration/codes_left"), {"coordinator_id": coordinator_id}) or 0)


def has_authenticator(connection: Connection, coordinator_id: str) -> bool:
    """Whether an authenticator was set up."""
    row = connection.execute(statement("registration/account"), {"coordinator_id": coordinator_id}).first()
    return row is not None and row.authenticator is not None


def is_right(connection: Connection, settings: Settings, coordinator_id: str | None, password: str, code: str, at: dt.datetime) -> bool:
    """Whether password and second factor are those of an account; a code that is right is used up, in the caller's transaction.

    It takes as long for who has no account. A code is not used up by a wrong password.

    Args:
        connection: Of a role that may use codes up; nothing is committed.
        settings: Name the reference key.
        coordinator_id: Whose it should be; None for an address that nobody has.
        password: As it was given.
        code: Of the letter, in capitals or not, with or without its dash; or of an authenticator.
        at: The moment of the clock, for the authenticator.
    """
    row = connection.execute(statement("registration/account"), {"coordinator_id": coordinator_id}).first() if coordinator_id else None
    kept = row.password if row is not None and row.password else _nobody()
    if not _same_password(kept, password) or row is None or coordinator_id is None:
        return False
    given = "".join(sign for sign in code.upper() if sign.isalnum())
    if row.authenticator and len(given) == _DIGITS and given.isdigit():
        step = _matching_step(_opened(settings, coordinator_id, row.authenticator), given, at)
        if step is None:
            return False
        return connection.execute(statement("registration/use_step"), {"coordinator_id": coordinator_id, "step": step}).rowcount == 1
    known = {"coordinator_id": coordinator_id, "code_hash": _code_hash(settings, coordinator_id, given), "at": at}
    return connection.execute(statement("registration/use_code"), known).rowcount == 1


def set_password(connection: Connection, coordinator_id: str, password: str, *, at: dt.datetime) -> None:
    """Set the password of an account, in the caller's transaction.

    Raises:
        PasswordRefusedError: it is too short or too long.
    """
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise PasswordRefusedError(f"Kies een wachtwoord van minstens {SHORTEST_PASSWORD} tekens. Een paar woorden achter elkaar is goed.")
    connection.execute(statement("registration/set_password"), {"coordinator_id": coordinator_id, "password": _scrypt(password), "at": at})
    audit(connection, coordinator_id, "password set", at=at, actor=coordinator_id)


def password_token(connection: Connection, settings: Settings, coordinator_id: str, at: dt.datetime) -> str:
    """What a mail gives to set a password with: good for an hour, and until a password is set. It stands in no table."""
    ends = int((at + PASSWORD_LINK_FOR).timestamp())
    number = coordinator_id.removeprefix("coordinator.")
    return f"{number}.{ends}.{_password_proof(connection, settings, coordinator_id, ends)}"


def of_password_token(connection: Connection, settings: Settings, token: str, at: dt.datetime) -> str | None:
    """Whose password may be set with what a mail gave; None when it is unknown, over or used."""
    number, _, rest = token[:200].partition(".")
    ends, _, proof = rest.partition(".")
    if not (number.isdecimal() and number.isascii() and ends.isdecimal() and ends.isascii()) or at.timestamp() >= int(ends):
        return None
    coordinator_id = f"coordinator.{number}"
    wanted = _password_proof(connection, settings, coordinator_id, int(ends))
    return coordinator_id if hmac.compare_digest(wanted.encode(), proof.encode("utf-8", "replace")) else None


def new_authenticator() -> str:
    """A secret for an authenticator, as it is typed in."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def set_authenticator(connection: Connection, settings: Settings, coordinator_id: str, secret: str, code: str, *, at: dt.datetime) -> bool:
    """Keep the secret of an authenticator, when it shows the code that goes with it; in the caller's transaction."""
    try:
        step = _matching_step(base64.b32decode(secret), code.strip(), at)
    except ValueError:
        return False
    if step is None:
        return False
    values = {"coordinator_id": coordinator_id, "authenticator": _sealed(settings, coordinator_id, base64.b32decode(secret)), "step": step}
    connection.execute(statement("registration/set_authenticator"), values)
    audit(connection, coordinator_id, "authenticator set", at=at, actor=coordinator_id)
    return True


def one_time_code(secret: bytes, step: int) -> str:
    """The code of an authenticator in a step of half a minute (RFC 6238 over RFC 4226, SHA-1 and six digits, as every app has it)."""
    digest = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def _matching_step(secret: bytes, code: str, at: dt.datetime) -> int | None:
    """The step that a code is of: this one, or the one before or after for a clock that is not quite right."""
    now = int(at.timestamp()) // _STEP
    given = code.encode("utf-8", "replace")
    return next((step for step in (now, now - 1, now + 1) if hmac.compare_digest(one_time_code(secret, step).encode(), given)), None)


def _key(settings: Settings, purpose: str) -> bytes:
    return hmac.digest(settings.key("reference"), f"gmsd-account|{purpose}".encode(), "sha256")


def _code_hash(settings: Settings, coordinator_id: str, code: str) -> str:
    """Under a key: without it the database says nothing, however short a code is."""
    return hmac.new(_key(settings, "code"), f"{coordinator_id}|{code}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _password_proof(connection: Connection, settings: Settings, coordinator_id: str, ends: int) -> str:
    row = connection.execute(statement("registration/account"), {"coordinator_id": coordinator_id}).first()
    now = row.password if row is not None and row.password else ""
    return hmac.new(_key(settings, "password"), f"{coordinator_id}|{ends}|{now}".encode(), hashlib.sha256).hexdigest()


def _sealed(settings: Settings, coordinator_id: str, secret: bytes) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(12)
    return (nonce + AESGCM(_key(settings, "authenticator")).encrypt(nonce, secret, coordinator_id.encode())).hex()


def _opened(settings: Settings, coordinator_id: str, sealed: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    data = bytes.fromhex(sealed)
    return AESGCM(_key(settings, "authenticator")).decrypt(data[:12], data[12:], coordinator_id.encode())


def _scrypt(password: str, salt: bytes | None = None) -> str:
    salt = salt or secrets.token_bytes(16)
    found = hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, dklen=32, maxmem=2**26, **_COST)
    return f"{salt.hex()}${found.hex()}"


def _same_password(kept: str, password: str) -> bool:
    salt = bytes.fromhex(kept.partition("$")[0])
    return hmac.compare_digest(kept, _scrypt(password[:_LONGEST_PASSWORD], salt))


def _nobody() -> str:
    """What a password is held against for who has none: nothing equals it."""
    return f"{'0' * 32}${'x' * 64}"
