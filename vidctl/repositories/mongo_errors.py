"""What MongoDB's driver says, in our words. Its texts are never shown: some hold a piece of the URI's password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from bson.errors import BSONError
from pymongo import errors

from vidctl.errors import AuthenticationFailed, DiskFull, StoreFailed, Unreachable, VidctlError
from vidctl.repositories.store import DuplicateKey

_AUTHENTICATION_FAILED, _UNAUTHORIZED, _ATLAS_ERROR, _OUT_OF_DISK_SPACE = 18, 13, 8000, 14031
_DUPLICATE_KEY = 11000
_TAKEN = re.compile(r"collection: [^.\s]+\.(\S+) index: (\S+) dup key")


@contextmanager
def translated(location: str, collection: str = "") -> Iterator[None]:
    """Raises VidctlError or DuplicateKey in place of the driver's errors; `location` is without secrets."""
    try:
        yield
    except errors.PyMongoError as error:
        refusal = _single(error)
        raise _duplicate(refusal, collection) or _translation(refusal, location) from error
    except BSONError as error:
        raise StoreFailed("a document cannot be stored in MongoDB", cause=type(error).__name__) from error


def _single(error: errors.PyMongoError) -> errors.PyMongoError:
    """The first refusal in a bulk write, as the single write would have been refused; any other error as it is."""
    refused = (error.details or {}).get("writeErrors") if isinstance(error, errors.BulkWriteError) else None
    if not refused:
        return error
    kind = errors.DuplicateKeyError if refused[0]["code"] == _DUPLICATE_KEY else errors.WriteError
    return kind(refused[0]["errmsg"], refused[0]["code"], refused[0])


def _duplicate(error: errors.PyMongoError, collection: str) -> DuplicateKey | None:
    """`collection` is taken for the one, if the driver does not name it."""
    if not isinstance(error, errors.DuplicateKeyError):
        return None
    found = _TAKEN.search(str((error.details or {}).get("errmsg", "")))
    return DuplicateKey(found[1], found[2].replace("_id_", "id")) if found else DuplicateKey(collection, "")


def _translation(error: errors.PyMongoError, location: str) -> VidctlError:
    if isinstance(error, errors.ServerSelectionTimeoutError):
        return Unreachable(
            f"no MongoDB answers at {location}",
            cause=_selection_cause(str(error)),
            fix="see that it runs and that address, port, TLS and replica set name are right",
        )
    if error.timeout or isinstance(error, errors.ConnectionFailure):
        return Unreachable(
            f"MongoDB at {location} stopped answering",
            cause="the connection was lost or the answer took too long; the last change may have happened",
            fix="see that it runs and can elect a primary",
        )
    if isinstance(error, errors.OperationFailure):
        return _refusal(error, location)
    if isinstance(error, errors.InvalidOperation):
        return StoreFailed("the store has been closed", cause=type(error).__name__)
    return StoreFailed(f"MongoDB at {location} failed", cause=type(error).__name__)


def _selection_cause(driver_text: str) -> str:
    if "SSL" in driver_text or "TLS" in driver_text:
        return "the TLS handshake failed"
    if "refused" in driver_text:
        return "the connection was refused"
    return "no server fit to use was found in time"


def _refusal(error: errors.OperationFailure, location: str) -> VidctlError:
    if error.code == _UNAUTHORIZED:
        return AuthenticationFailed(
            f"MongoDB at {location} does not allow that",
            cause="the user lacks a right",
            fix="give the user the role readWrite on the database",
        )
    if error.code in (_AUTHENTICATION_FAILED, _ATLAS_ERROR):
        return AuthenticationFailed(
            f"MongoDB at {location} refused the login",
            cause="user, password or authSource is wrong",
            fix="correct the setting `store`",
        )
    if error.code == _OUT_OF_DISK_SPACE:
        return DiskFull(f"MongoDB at {location} has no room left to write", fix="free some space there")
    return StoreFailed(f"MongoDB at {location} refused it", cause=f"code {error.code}: {_reason(error)}")


def _reason(error: errors.OperationFailure) -> str:
    return str((error.details or {}).get("errmsg", type(error).__name__))
