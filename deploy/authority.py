"""The authority of an installation: its key, the certificates of broker and devices, and the list of revoked ones."""

import ipaddress
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.local.secrets import write

_DAY: Final = timedelta(days=1)
_AUTHORITY_DAYS: Final = 3650
_SERVER_DAYS: Final = 398
_RENEW_DAYS: Final = 90
_LIST_DAYS: Final = 3650  # of an expired list every certificate is refused
_HERE: Final = ("localhost", "127.0.0.1")


class Authority:
    """A folder with `ca.crt`, `ca.key`, `ca.crl`, `server.crt` and `server.key`; only its owner can read the keys."""

    def __init__(self, folder: Path, now: datetime) -> None:
        """Open the folder; `now` is when certificates begin."""
        self.folder, self._now = folder, now

    def prepare(self, names: Sequence[str] = _HERE, revoked: Iterable[tuple[int, datetime]] = ()) -> None:
        """Make what is missing, and renew what the broker shows where it ends soon."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (self.folder / "ca.key").exists():
            self._make_authority()
        if self._days_left("server.crt") < _RENEW_DAYS:
            key = ec.generate_private_key(ec.SECP256R1())
            certificate = self._signed("doorfiets broker", key, _SERVER_DAYS, ExtendedKeyUsageOID.SERVER_AUTH, names)
            write(self.folder / "server.key", _pem_of(key))
            (self.folder / "server.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self.revoke(revoked)

    def issue(self, common_name: str, folder: Path, days: int) -> x509.Certificate:
        """Make a key and a certificate for a device, in a folder of its own, with the authority's certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._signed(common_name, key, days, ExtendedKeyUsageOID.CLIENT_AUTH)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write(folder / "client.key", _pem_of(key))
        (folder / "client.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self.give_to(folder)
        return certificate

    def give_to(self, folder: Path) -> None:
        """Put the authority's certificate into a folder, by which a device knows the broker."""
        (folder / "ca.crt").write_bytes((self.folder / "ca.crt").read_bytes())

    def revoke(self, revoked: Iterable[tuple[int, datetime]]) -> None:
        """Write the list of revoked certificates, by serial number and moment."""
        certificate, key = self._own()
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(certificate.subject)
            .last_update(self._now - _DAY)
            .next_update(self._now + _LIST_DAYS * _DAY)
        )
        for serial, at in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
            made = made.add_revoked_certificate(entry)
        content = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        new = self.folder / "ca.crl.new"
        new.write_bytes(content)
        new.replace(self.folder / "ca.crl")

    def _make_authority(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("doorfiets authority")
        certificate = (
            self._builder(name, name, key, _AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        (self.folder / "ca.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        write(self.folder / "ca.key", _pem_of(key))

    def _signed(
        self,
        common_name: str,
        key: ec.EllipticCurvePrivateKey,
        days: int,
        purpose: x509.ObjectIdentifier,
        names: Sequence[str] = (),
    ) -> x509.Certificate:
        certificate, own = self._own()
        made = (
            self._builder(_name(common_name), certificate.subject, key, days)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        )
        if names:
            made = made.add_extension(x509.SubjectAlternativeName([_address(one) for one in names]), critical=False)
        return made.sign(own, hashes.SHA256())

    def _builder(
        self, subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - _DAY)
            .not_valid_after(self._now + days * _DAY)
        )

    def _own(self) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        key = serialization.load_pem_private_key((self.folder / "ca.key").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - we made it
        return x509.load_pem_x509_certificate((self.folder / "ca.crt").read_bytes()), key

    def _days_left(self, name: str) -> int:
        """Return for how many days a certificate is valid; -1 where there is none."""
        file = self.folder / name
        if not file.exists():
            return -1
        return (x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc - self._now).days


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _address(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem_of(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
