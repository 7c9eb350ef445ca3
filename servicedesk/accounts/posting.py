"""Asking another machine, once and briefly: no redirect, no proxy, no longer answer than asked for."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST = 64 * 1024


class NotReached(Exception):
    """No answer came: the name, the connection, the certificate, or the time."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class _Plain(http.client.HTTPConnection):
    """A connection to the address given, whatever the name of the host resolves to by now."""

    def __init__(self, host: str, port: int | None, timeout: float, to: str | None) -> None:
        super().__init__(host, port, timeout=timeout)
        self.to = to

    def connect(self) -> None:
        self.sock = socket.create_connection((self.to or self.host, self.port), self.timeout)


class _Secure(_Plain):
    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def ask(
    method: str,
    url: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    *,
    timeout: float,
    most: int = MOST,
    to: str | None = None,
) -> Answer:
    """The answer to one request, at most `most` bytes of it, within `timeout` seconds altogether.

    With `to` the connection goes to that address and no name is looked up. Raises `NotReached`."""
    parts = urlsplit(url)
    sort = _Secure if parts.scheme == "https" else _Plain
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = sort(parts.hostname or "", parts.port, timeout, to)
    # The time-out of a socket is one of silence: a peer that drips a byte a second would never meet it.
    watch = threading.Timer(timeout, _cut, [connection])
    watch.daemon = True
    watch.start()
    try:
        connection.request(method, path, body or None, dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read(most))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotReached(f"{type(error).__name__}: {error}") from error
    finally:
        watch.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    try:
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
