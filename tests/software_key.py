"""A passkey made of software: the authenticator's side of WebAuthn, so that each way it can lie has its test."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class SoftwareKey:
    """origin: the page it believes to be on. `count` is the next signature counter; 0 for one that keeps none."""

    def __init__(self, origin: str = "https://localhost", rp_id: str = "localhost") -> None:
        self.origin, self.rp_id, self.count = origin, rp_id, 0
        self.id = secrets.token_bytes(16)
        self.handle = b""
        self.key = ec.generate_private_key(ec.SECP256R1())

    def made(self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED, **client: Any) -> dict[str, Any]:
        """The answer to options for a new passkey."""
        self.handle = raw(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + encode_cbor(cose)
        data = self._data(flags | ATTESTED) + attested
        told = {
            "clientDataJSON": text(self._client("webauthn.create", options["challenge"], client)),
            "attestationObject": text(encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return self._credential(told)

    def shown(
        self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED, handle: bytes | None = None, **client: Any
    ) -> dict[str, Any]:
        """The answer to options for signing in."""
        said, data = self._client("webauthn.get", options["challenge"], client), self._data(flags)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        told = {
            "clientDataJSON": text(said),
            "authenticatorData": text(data),
            "signature": text(signature),
            "userHandle": text(self.handle if handle is None else handle),
        }
        return self._credential(told)

    def _client(self, kind: str, challenge: str, client: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | client).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        return {"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response}
