"""Names and addresses at rest: authenticated encryption with a key derived from the secret key."""

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from forum.errors import Forbidden
from forum.i18n import _
from forum.text import fold


class Seal:
    """Closes and opens personal data; made once from the secret key of the settings."""

    def __init__(self, secret: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(_derive(secret, b"seal")))
        self._person = _derive(secret, b"person")

    def seal(self, data: dict[str, Any]) -> bytes:
        return self._fernet.encrypt(json.dumps(data, ensure_ascii=False).encode())

    def unseal(self, token: bytes) -> dict[str, Any]:
        """Raises Forbidden when the key differs or the data were altered."""
        try:
            data: dict[str, Any] = json.loads(self._fernet.decrypt(token))
        except InvalidToken as shut:
            raise Forbidden(
                _("このサイトの鍵（SECRET_KEY）では、封を開けられません。管理者に知らせてください。")
            ) from shut
        return data

    def person_key(self, name: str, address: str) -> bytes:
        """The same person gives the same 32 bytes, and nothing else can be learnt from them without the key."""
        person = "\n".join("".join(fold(part).split()) for part in (name, address))
        return hmac.digest(self._person, person.encode(), hashlib.sha256)


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"kaigishitsu " + purpose).derive(secret.encode())
