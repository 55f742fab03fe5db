import pytest
from flask import Flask, g, render_template_string, url_for

from review.blueprints.pages import NAVIGATION
from review.enums import Role
from review.permissions import Actor
from tests import world

SHELL = '{% extends "base.html" %}{% block title %}x{% endblock %}'


def shell(app: Flask, role: Role | None) -> str:
    """The frame of a page as somebody in this role sees it."""
    with app.test_request_context("/rubrics/"):
        g.actor = role and Actor(1, "周敏", 1, role, world.CITY)
        return render_template_string(SHELL)


@pytest.mark.parametrize("role", Role)
def test_navigation_shows_every_page_of_the_role(app: Flask, role: Role) -> None:
    page = shell(app, role)
    with app.test_request_context():
        assert all(f'href="{url_for(endpoint)}"' in page for endpoint, _text in NAVIGATION[role])


def test_navigation_is_absent_for_the_signed_out(app: Flask) -> None:
    assert "site-nav" not in shell(app, None)


def test_no_inline_script_style_or_handler_in_the_frame(app: Flask) -> None:
    page = shell(app, Role.ORGANISER)
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick" not in page
    assert page.count("<script") == page.count("<script src=")


def test_missing_page_says_what_to_do(app: Flask) -> None:
    response = app.test_client().get("/no-such-page")
    assert response.status_code == 404
    assert "没有这个页面，或您无权查看。" in response.text
    assert 'href="/"' in response.text


def test_htmx_request_for_a_missing_page_gets_only_words(app: Flask) -> None:
    response = app.test_client().get("/no-such-page", headers={"HX-Request": "true"})
    assert response.status_code == 404
    assert "<html" not in response.text


def test_expired_form_says_that_nothing_changed(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    response = app.test_client().post("/sign-in", data={"email": "a@example.org"})
    assert response.status_code == 400
    assert "没有任何内容被更改" in response.text


def test_language_switch_is_remembered(app: Flask) -> None:
    client = app.test_client()
    assert 'lang="zh-Hans-CN"' in client.get("/sign-in").text
    client.post("/language", data={"language": "en", "next": "/sign-in"})
    assert '<html lang="en"' in client.get("/sign-in").text


def test_static_files_carry_their_content_in_the_address(app: Flask) -> None:
    with app.test_request_context():
        assert "v=" in url_for("static", filename="css/app.css")
