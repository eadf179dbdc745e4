"""GitHub on loopback as an App meets it: claims are verified with the App's public key, tokens are good for one owner."""

import pytest

from faulty import json_answer


class AppHost:
    """Stands before ``answer``, which sees only requests with the token of an installation."""

    def __init__(self, answer, clock, owners, app="Iv1.abc", lasts="2099-01-01T00:00:00Z"):
        jwt = pytest.importorskip("jwt", reason="needs PyJWT with cryptography")
        rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa", reason="needs cryptography")
        from cryptography.hazmat.primitives import serialization as form

        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()).decode()
        self.answer, self.clock, self.owners, self.app, self.lasts = answer, clock, owners, app, lasts
        self._claim = lambda text: jwt.decode(text, key.public_key(), algorithms=["RS256"], options={"verify_exp": False})
        self.asked_for = []
        """Method and path of each request of the App itself."""
        self.owner_of = {f"token-of-{number}": owner for number, owner in enumerate(owners, 41)}

    def __call__(self, asked, wire):
        kind, _, secret = asked.headers["authorization"].partition(" ")
        assert kind == "Bearer"
        if not asked.path.startswith("/api/v3/app/"):
            if secret not in self.owner_of:
                return json_answer(wire, {"message": "Bad credentials"}, 401)
            asked.owner = self.owner_of[secret]
            return self.answer(asked, wire)
        claim = self._claim(secret)
        now = self.clock.time()
        assert claim["iss"] == self.app
        assert claim["iat"] <= now < claim["exp"] <= claim["iat"] + 600
        self.asked_for.append((asked.method, asked.path.removeprefix("/api/v3/app/installations")))
        if asked.method == "GET":
            return json_answer(wire, [{"id": number, "account": {"login": owner.title()}} for number, owner in enumerate(self.owners, 41)])
        number = asked.path.split("/")[-2]
        if f"token-of-{number}" not in self.owner_of:
            return json_answer(wire, {"message": "Not Found"}, 404)
        return json_answer(wire, {"token": f"token-of-{number}", "expires_at": self.lasts}, 201)
