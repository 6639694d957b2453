"""Lets Schemathesis ask as one of the people who may sign: requests are signed after RFC 9421.

MOTD_KEY names the person's key file, PKCS#8 in PEM without a passphrase.
"""

import base64
import hashlib
import json
import os
import pathlib
import time
import urllib.parse

import requests
import schemathesis
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

COMPONENTS = ("@method", "@authority", "@path", "@query")
KEY = load_pem_private_key(pathlib.Path(os.environ["MOTD_KEY"]).read_bytes(), None)


def key_id() -> str:
    public = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    value = {"keytype": "ed25519", "keyval": {"public": public}, "scheme": "ed25519"}
    return hashlib.sha256(json.dumps(value, separators=(",", ":"), sort_keys=True).encode()).hexdigest()


class Person(requests.auth.AuthBase):
    """Signs each request as it is sent."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        url = urllib.parse.urlsplit(request.url)
        values = {"@method": request.method, "@authority": url.netloc.lower(), "@path": url.path, "@query": f"?{url.query}"}
        names = " ".join(f'"{name}"' for name in COMPONENTS)
        parameters = f'({names});created={int(time.time())};keyid="{key_id()}";alg="ed25519";tag="tuf-motd"'
        lines = [f'"{name}": {values[name]}' for name in COMPONENTS]
        base = "\n".join([*lines, f'"@signature-params": {parameters}'])
        request.headers["Signature-Input"] = f"motd={parameters}"
        request.headers["Signature"] = f"motd=:{base64.b64encode(KEY.sign(base.encode())).decode()}:"
        return request


schemathesis.auth.set_from_requests(Person())
