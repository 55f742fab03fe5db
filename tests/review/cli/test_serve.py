import socket

import flask_migrate
import pytest
from flask import Flask


def test_taken_port_is_refused_before_anything_is_done(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(flask_migrate, "upgrade", lambda: done.append("upgrade"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = app.test_cli_runner().invoke(args=["demo", "serve", "--port", str(port)])
    assert result.exit_code == 1
    assert f"Port {port} is taken; choose another: make demo PORT={port + 1}" in result.output
    assert done == []
