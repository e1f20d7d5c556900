"""Print what pip is configured for as shell exports that uv understands, so that both use the same package index.

Runs with any Python 3.8 or later: `python pip_settings.py "python -m pip"`. Nothing is written: addresses may hold passwords.
What is already in the environment as uv's own setting wins.
"""

import ast
import os
import shlex
import subprocess
import sys
from urllib.parse import unquote, urlsplit


def pip_configuration(pip):
    """Option -> value, in pip's own order of importance: global, install, environment."""
    listing = subprocess.run([*pip, "config", "list"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    found = {}
    for place in ("global.", "install.", ":env:."):
        for line in listing.stdout.splitlines():
            name, mark, value = line.partition("=")
            if mark and name.startswith(place):
                found[name[len(place) :]] = str(ast.literal_eval(value))
    return found


def exists(address):
    """A folder that is gone must not stop the installation; what is on the network is taken as it is."""
    parts = urlsplit(address)
    if parts.scheme in ("", "file"):
        return os.path.exists(unquote(parts.path))  # noqa: PTH110 - runs on old Pythons too
    return True


def for_uv(pip):
    """The settings of pip under uv's names."""
    extra = [item for item in pip.get("extra-index-url", "").split() if exists(item)]
    links = [item for item in pip.get("find-links", "").split() if exists(item)]
    index = pip.get("index-url", "")
    wanted = {
        "UV_DEFAULT_INDEX": index if exists(index) else "",
        "UV_INDEX": " ".join(extra),
        "UV_INDEX_STRATEGY": "unsafe-best-match" if extra else "",
        "UV_FIND_LINKS": ",".join(links),
        "UV_NO_INDEX": "1" if pip.get("no-index", "").lower() in ("1", "true", "yes", "on") else "",
        "UV_INSECURE_HOST": ",".join(pip.get("trusted-host", "").split()),
        "UV_HTTP_TIMEOUT": pip.get("default-timeout", pip.get("timeout", "")),
        "SSL_CERT_FILE": pip.get("cert", ""),
        "SSL_CLIENT_CERT": pip.get("client-cert", ""),
        "HTTPS_PROXY": pip.get("proxy", ""),
        "HTTP_PROXY": pip.get("proxy", ""),
    }
    return {name: value for name, value in wanted.items() if value and name not in os.environ}


if __name__ == "__main__":
    for setting, content in for_uv(pip_configuration(shlex.split(sys.argv[1]))).items():
        print(f"export {setting}={shlex.quote(content)}")
