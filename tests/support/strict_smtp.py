"""A mail server that is hard to please, run with the services' environment: `python strict_smtp.py PORT FOLDER`.

Recipients decide: `weg-` is unknown, `vol-` cannot take mail now, `inhoud-` is refused for its content, `hangop-` costs the connection,
`dicht-` is told that the server is closing. What is taken lies in FOLDER, one file for each Message-ID. It speaks no SMTPUTF8.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Strict:
    """What is answered to each step of a mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if address.startswith("weg-"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("vol-"):
            return "452 4.2.2 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        to = envelope.rcpt_tos[0]
        if to.startswith("inhoud-"):
            return "554 5.7.1 refused for its content"
        if to.startswith("hangop-"):
            server.transport.abort()
            return "250 OK"
        if to.startswith("dicht-"):
            server.transport.write(b"421 4.3.2 closing\r\n")
            server.transport.close()
            return "250 OK"
        lines = envelope.content.decode("utf-8", "replace").splitlines()
        (self.folder / next(line.split("<")[1].split("@")[0] for line in lines if line.lower().startswith("message-id:"))).touch()
        return "250 OK"


async def main(port: int, folder: Path) -> None:
    """Serve until killed; says so when it listens."""
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Strict(folder), enable_SMTPUTF8=False), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
