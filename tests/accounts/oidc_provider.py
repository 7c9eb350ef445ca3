"""A small identity provider that can also lie: discovery, keys, codes, PKCE, tokens signed with RS256."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "desk", "a secret of the provider"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FORGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(key: Any, kid: str) -> dict[str, Any]:
    return json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())) | {"kid": kid, "use": "sig"}


class Provider:
    """`claims` are added to the honest ones; `forge` replaces the token; `issuer` is what it calls itself."""

    def __init__(self, address: str) -> None:
        self.address = self.issuer = address
        self.claims: dict[str, Any] = {}
        self.forge: Any = None
        self.codes: dict[str, dict[str, str]] = {}
        self.broken = False
        self.keys = [public(KEY, "one")]

    def authorize(self, url: str) -> dict[str, str]:
        """What the browser would bring back from the log-in page at `url`."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["code_challenge_method"] == "S256" and asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT and "openid" in asked["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def token(self, given: dict[str, str], header: str) -> dict[str, Any] | None:
        asked = self.codes.pop(given.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or header != f"Basic {basic}" or given["redirect_uri"] != asked["redirect_uri"]:
            return None
        hashed = hashlib.sha256(given["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(hashed).rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.address,
            "sub": "subject-1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        claims |= self.claims
        honest = jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "one"})
        return {"token_type": "Bearer", "id_token": self.forge(claims) if self.forge else honest}


@contextmanager
def running() -> Iterator[Provider]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Say nothing."""

        def answer(self, said: Any, status: int = 200) -> None:
            body = b"not json" if provider.broken else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            here = provider.address
            if self.path == "/.well-known/openid-configuration":
                self.answer(
                    {
                        "issuer": provider.issuer,
                        "authorization_endpoint": f"{here}/authorize",
                        "token_endpoint": f"{here}/token",
                        "jwks_uri": f"{here}/keys",
                    }
                )
            else:
                self.answer({"keys": provider.keys})

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            given = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            token = provider.token(given, self.headers.get("Authorization", ""))
            self.answer(token or {"error": "invalid_grant"}, 200 if token else 400)

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
