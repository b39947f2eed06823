"""Checks a certificate of service or of a class off line: python check_certificate.py certificate.txt keys.txt

certificate.txt holds the text of the QR code, keys.txt the page /service/keys/ of the installation that issued it.
Needs Python 3.9 and `pip install cryptography`.
"""

import base64
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def check(certificate, keys):
    text = certificate.replace("\r\n", "\n").strip() + "\n"
    signed, found, mark = text.rpartition("signature: ")
    if not found or not signed.startswith(("BAODAO-SERVICE 1\n", "BAODAO-CLASS 1\n")):
        return "this is no certificate of service or of a class"
    named = [line[5:] for line in signed.splitlines() if line.startswith("key: ")]
    public = {row.split()[0]: row.split()[2] for row in keys.splitlines() if row.strip()}
    if len(named) != 1 or named[0] not in public:
        return "signed with a key that keys.txt does not have"
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public[named[0]]))
        key.verify(base64.b64decode(mark.strip(), validate=True), signed.encode())
    except (ValueError, InvalidSignature):
        return "changed after it was signed"
    return ""


if __name__ == "__main__":
    fault = check(*(Path(name).read_text("utf-8") for name in sys.argv[1:3]))
    print(fault or "genuine")
    sys.exit(bool(fault))
