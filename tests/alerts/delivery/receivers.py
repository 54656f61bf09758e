"""Receivers on loopback that behave as badly as receivers do. The path of the request says how."""

import asyncio
import gzip
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter
BOMB = gzip.compress(b"\0" * 50_000_000)


@dataclass
class Receiver:
    """`requests`: (path, headers, body) of each, in order; `closed`: paths whose connection the sender has ended."""

    port: int = 0
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    closed: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    answers: dict[str, list[bytes]] = field(default_factory=dict)
    """Scripted answers of a path, one a request; the last one stays."""
    connections: int = 0

    def url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.requests]

    async def serve(self, reader: Reader, writer: Writer) -> None:
        self.connections += 1
        path = ""
        try:
            while (request := await self._read(reader)) is not None:
                path = request[0]
                self.requests.append(request)
                behaviour = BEHAVIOURS.get(path.partition("?")[0])
                if behaviour is not None:
                    await behaviour(reader, writer)
                    break
                script = self.answers.get(path) or [status(204)]
                writer.write(script.pop(0) if len(script) > 1 else script[0])
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            self.closed.put_nowait(path)
            writer.close()

    async def _read(self, reader: Reader) -> tuple[str, dict[str, str], bytes] | None:
        first = await reader.readline()
        if not first:
            return None
        path = first.decode().split()[1]
        headers: dict[str, str] = {}
        while (line := await reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            headers[name.strip().lower()] = value.strip()
        return path, headers, await reader.readexactly(int(headers.get("content-length", 0)))


@asynccontextmanager
async def listening(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


def status(code: int, headers: str = "", body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {code} Said\r\ncontent-length: {len(body)}\r\n{headers}\r\n".encode() + body


async def _drip(writer: Writer, piece: bytes) -> None:
    while True:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.01)


async def _until_closed(reader: Reader) -> None:
    while await reader.read(65536):
        pass


async def never_answers(reader: Reader, writer: Writer) -> None:
    await _until_closed(reader)


async def slow_headers(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nx: ")
    await _drip(writer, b"y")


async def endless_continue(reader: Reader, writer: Writer) -> None:
    await _drip(writer, b"HTTP/1.1 100 Continue\r\n\r\n")


async def slow_body(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
    await _drip(writer, b"z")


async def slow_error_body(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 500 Broken\r\ncontent-length: 1000000\r\n\r\n")
    await _drip(writer, b"z")


async def endless_body(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"4000\r\n" + b"z" * 0x4000 + b"\r\n")
        await writer.drain()


async def endless_error_body(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 500 Broken\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"4000\r\n" + b"z" * 0x4000 + b"\r\n")
        await writer.drain()


async def gzip_bomb(reader: Reader, writer: Writer) -> None:
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(BOMB)}\r\n\r\n"
    writer.write(head.encode() + BOMB)
    await writer.drain()
    await _until_closed(reader)


def _reset(writer: Writer) -> None:
    """Close with RST, not FIN."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def reset_after_2xx(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart")
    await writer.drain()
    _reset(writer)


async def reset_at_once(reader: Reader, writer: Writer) -> None:
    _reset(writer)


async def closes_without_a_word(reader: Reader, writer: Writer) -> None:
    return


async def http_10(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.0 200 OK\r\n\r\nfine")


async def not_http(reader: Reader, writer: Writer) -> None:
    writer.write(b"220 mail.example ESMTP ready\r\n")
    await writer.drain()
    await _until_closed(reader)


async def huge_headers(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"x%d: %s\r\n" % (n, b"y" * 8000) for n in range(200)) + b"\r\n")


async def to_metadata(reader: Reader, writer: Writer) -> None:
    writer.write(status(301, "location: http://169.254.169.254/latest/meta-data/\r\n"))


async def to_itself(reader: Reader, writer: Writer) -> None:
    writer.write(status(307, "location: /fine\r\n"))


async def sets_cookie(reader: Reader, writer: Writer) -> None:
    writer.write(status(200, "set-cookie: session=abc\r\nconnection: close\r\n"))


async def bad_request(reader: Reader, writer: Writer) -> None:
    """A plain-text server, spoken to in TLS."""
    writer.write(status(400))
    await writer.drain()
    writer.close()


Behaviour = Callable[[Reader, Writer], Awaitable[None]]
BEHAVIOURS: dict[str, Behaviour] = {
    f"/{behaviour.__name__}": behaviour
    for behaviour in (
        never_answers, slow_headers, endless_continue, slow_body, slow_error_body, endless_body, endless_error_body,
        gzip_bomb, reset_after_2xx, reset_at_once, closes_without_a_word, http_10, not_http, huge_headers, to_metadata,
        to_itself, sets_cookie,
    )
}  # fmt: skip


def certificate(folder: Path, name: str, *, days: int = 30) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(server side, client side that trusts it) of a self-signed certificate for `name`; expired when `days` < 0."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem, private)
    return server, ssl.create_default_context(cafile=str(pem))
