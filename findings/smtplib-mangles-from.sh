#!/usr/bin/env bash
# Python 3.11 to 3.13, smtplib: send_message() puts a ">" before every line of a body that begins with "From ", the quoting of mbox files, although
# the message's own policy says mangle_from_=False and SMTP needs none. sendmail() with the same message as bytes leaves it as it is. Recipients read
# ">From", and a signature or hash over the body no longer fits.
# Guessed: what is sent is what as_bytes() shows. What helps: sendmail(..., message.as_bytes()), or begin no line with "From ".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check aiosmtpd==1.4.6
"$work/env/bin/python" - <<'PY'
import smtplib
import socket
import sys
from email.message import EmailMessage
from email.policy import SMTP
from importlib.metadata import version

from aiosmtpd.controller import Controller

arrived = []


class Sink:
    async def handle_DATA(self, server, session, envelope):
        arrived.append(envelope.content)
        return "250 OK"


with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
controller = Controller(Sink(), hostname="127.0.0.1", port=port)
controller.start()
mail = EmailMessage(policy=SMTP)
mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "x"
mail.set_content("From 10:00 to 10:10 the store did not answer.\n")
with smtplib.SMTP("127.0.0.1", port) as client:
    client.send_message(mail)
    client.sendmail("a@example.org", "b@example.org", mail.as_bytes())
controller.stop()
bodies = [content.partition(b"\r\n\r\n")[2].decode().strip() for content in arrived]
print("Python", sys.version.split()[0], "aiosmtpd", version("aiosmtpd"), "mangle_from_ of the policy:", SMTP.mangle_from_)
print("send_message:", bodies[0])
print("sendmail:    ", bodies[1])
assert bodies[0].startswith(">From 10:00"), "send_message no longer mangles"
assert bodies[1].startswith("From 10:00"), "sendmail mangles too"
PY
