"""Encrypt tokens for the database, and decrypt what stands there, with the keys of TOKEN_ENCRYPTION_KEYS."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from msgspec.structs import replace

from store.installations import Stored

_DO = (
    "Put the key that it was encrypted with back into TOKEN_ENCRYPTION_KEYS, behind the first one, and run `python -m "
    "bot rotate-keys` before you take a key away. Where the key is lost, install the app there again."
)


class SealedError(Exception):
    """No key opens a token; says in words which place's, and what to do."""

    def __init__(self, place: str) -> None:
        super().__init__(f"No key in TOKEN_ENCRYPTION_KEYS opens the token of {place}. {_DO}")
        self.place = place


class Seals:
    """The keys: the first encrypts, and each of them decrypts."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the keys, newest first: URL-safe base64 of 32 bytes each."""
        each = [Fernet(key) for key in keys]
        self._first = each[0]
        self._all = MultiFernet(each)

    def seal(self, text: str) -> str:
        """Encrypt a text; an empty one stays empty."""
        return self._first.encrypt(text.encode()).decode() if text else ""

    def open(self, sealed: str, place: str) -> str:
        """Decrypt what is kept of a place; an empty text stays empty.

        Raises:
            SealedError: no key opens it.
        """
        if not sealed:
            return ""
        try:
            return self._all.decrypt(sealed).decode()
        except (InvalidToken, ValueError):  # ValueError: a text that is none of Fernet's
            raise SealedError(place) from None

    def renewed(self, stored: Stored) -> Stored | None:
        """Give a copy of a row whose tokens the first key opens, or None where it is such a one.

        Raises:
            SealedError: no key opens one of them.
        """
        sealed = (stored.token, stored.refresh_token)
        if all(self._is_of_first(each) for each in sealed):
            return None
        token, refresh_token = (
            each if self._is_of_first(each) else self.seal(self.open(each, stored.place)) for each in sealed
        )
        return replace(stored, token=token, refresh_token=refresh_token)

    def _is_of_first(self, sealed: str) -> bool:
        try:
            return not sealed or bool(self._first.decrypt(sealed))
        except (InvalidToken, ValueError):  # ValueError: a text that is none of Fernet's
            return False
