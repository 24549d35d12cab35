"""Upload: puts the probe's source into a new private folder of a machine, over SFTP."""

from __future__ import annotations

import asyncio
import logging
import secrets
import stat

import asyncssh

from whotop import probe
from whotop.errors import ProbeError
from whotop.text import safe

PARENT = "/tmp"  # noqa: S108 - the folder in it is new, and has a name that nobody can foretell
UPLOAD_SECONDS = 15.0
"""Less than a session may take to begin."""
_ONLY_OURS = 0o700

log = logging.getLogger(__name__)


async def uploaded(connection: asyncssh.SSHClientConnection) -> str:
    """Upload the source; gives the folder in which it lies.

    Nothing where SFTP is not offered, or cannot do it: the machine then does it by itself, and can say why not.
    SFTP has one word for a full disk and for one that is read-only: "Failure". Raises ProbeError when it hangs.
    """
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            client = await _client(connection)
            if client is None:
                return ""
            try:
                return await _put(client)
            except asyncssh.SFTPError as error:
                log.info("not uploaded over SFTP: %s", safe(error.reason, 80))
                return ""
            finally:
                client.exit()
    except TimeoutError:
        raise ProbeError(f"the probe cannot be uploaded: SFTP took longer than {UPLOAD_SECONDS:.0f} s") from None


async def _client(connection: asyncssh.SSHClientConnection) -> asyncssh.SFTPClient | None:
    """The machine's SFTP server, if it has one that speaks."""
    try:
        return await connection.start_sftp_client()
    except (asyncssh.Error, OSError):
        return None


async def _put(client: asyncssh.SFTPClient) -> str:
    parent = await client.lstat(PARENT)
    if not (parent.permissions or 0) & stat.S_ISVTX:
        return ""
    folder = f"{PARENT}/{probe.FOLDER_PREFIX}{secrets.token_hex(10)}"
    await client.mkdir(folder, asyncssh.SFTPAttrs(permissions=_ONLY_OURS))
    try:
        await _write_new(client, f"{folder}/{probe.MARKER_NAME}", b"")
        await _write_new(client, f"{folder}/{probe.UPLOADED_NAME}", probe.source())
    except asyncssh.SFTPError:
        await _remove(client, folder)
        raise
    return folder


async def _write_new(client: asyncssh.SFTPClient, path: str, data: bytes) -> None:
    """Never overwrite: whatever is there is not ours."""
    async with client.open(path, "xb", asyncssh.SFTPAttrs(permissions=0o600)) as file:
        await file.write(data)


async def _remove(client: asyncssh.SFTPClient, folder: str) -> None:
    for name in (probe.MARKER_NAME, probe.UPLOADED_NAME):
        try:
            await client.remove(f"{folder}/{name}")
        except asyncssh.SFTPError:
            continue
    try:
        await client.rmdir(folder)
    except asyncssh.SFTPError:
        return
