"""Certificates for a test: an authority in a folder, and what it issues."""

from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

START = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = datetime(2036, 1, 1, tzinfo=UTC)
AUTHORITY = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])


class Authority:
    """Makes certificates in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self.path = self._write("ca", AUTHORITY, self._key, ENDS)

    def issue(self, name: str, ends: datetime = ENDS) -> tuple[Path, Path]:
        """Certificate and key of `name`, which is also its host name."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        return self._write(name, subject, key, ends), self._folder / f"{name}.key"

    def _write(self, name: str, subject: x509.Name, key: ec.EllipticCurvePrivateKey, ends: datetime) -> Path:
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(AUTHORITY)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(START)
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=subject == AUTHORITY, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.1"))]),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        (self._folder / f"{name}.pem").write_bytes(built.public_bytes(pem))
        (self._folder / f"{name}.key").write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        return self._folder / f"{name}.pem"
