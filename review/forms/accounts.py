from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    DateField,
    EmailField,
    IntegerField,
    PasswordField,
    SelectChoice,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, EqualTo, Length, Optional, Regexp

from review.domain.invitations import Invited
from review.domain.passwords import flaw_of
from review.domain.register_values import plain
from review.enums import RegionLevel, Role
from review.forms.typed import TypedForm
from review.labels import BEIJING, label

EMAIL_LENGTH, NAME_LENGTH, LICENCE_LENGTH = 254, 50, 30
LAST_PAGE = 100_000  # beyond it no database counts rows for us
INDENT = "\u3000"
ADDRESS = r"[^@\s]+@[^@\s]+\.[^@\s]+"
NEW_PASSWORD = {"autocomplete": "new-password"}


def canonical_email(value: str | None) -> str:
    """The one spelling under which an address is stored and found."""
    return plain(value).lower()


def hard_to_guess(_form: TypedForm, field: PasswordField) -> None:
    if flaw := flaw_of(field.data or ""):
        raise ValidationError(label(flaw))


class SignInForm(TypedForm):
    """Asks for nothing but the two fields: whatever is wrong gets the same answer."""

    email = EmailField(
        _l("邮箱"),
        [Length(max=EMAIL_LENGTH)],
        filters=[canonical_email],
        render_kw={"autocomplete": "username", "required": True, "autofocus": True},
    )
    password = PasswordField(
        _l("密码"), render_kw={"autocomplete": "current-password", "required": True}
    )

    def credentials(self) -> tuple[str, str]:
        return self.email.data or "", self.password.data or ""


class PasswordForm(TypedForm):
    """A new password, once to type and once to be sure."""

    new = PasswordField(_l("新密码"), [hard_to_guess], render_kw=NEW_PASSWORD)
    again = PasswordField(
        _l("再次输入新密码"), [EqualTo("new", _l("两次输入不一致。"))], render_kw=NEW_PASSWORD
    )


class ChangePasswordForm(PasswordForm):
    current = PasswordField(_l("现密码"), render_kw={"autocomplete": "current-password"})

    def passwords(self) -> tuple[str, str]:
        return self.current.data or "", self.new.data or ""


class AcceptForm(PasswordForm):
    name = StringField(
        _l("姓名"),
        [DataRequired(_l("请填写姓名。")), Length(max=NAME_LENGTH)],
        filters=[plain],
        render_kw={"autocomplete": "name"},
    )


class SearchForm(TypedForm):
    """Sent, never linked: names and addresses do not belong into an address line or a log."""

    words = StringField(_l("姓名或邮箱"), [Length(max=EMAIL_LENGTH)], filters=[plain])
    role = SelectField(_l("角色"), validate_choice=False)
    page = IntegerField(default=1)

    def chosen_role(self) -> Role | None:
        return Role(self.role.data) if self.role.data in list(Role) else None

    def chosen_page(self) -> int:
        return min(max(1, self.page.data or 1), LAST_PAGE)


def search_form() -> SearchForm:
    form = SearchForm()
    everyone = SelectChoice("", str(_l("全部角色")))
    form.role.choices = [everyone, *(SelectChoice(role.value, label(role)) for role in Role)]
    return form


class InvitationForm(TypedForm):
    """An invitation; the fields of the other roles are taken out by ``invitation_form``."""

    email = EmailField(
        _l("邮箱"),
        [Length(max=EMAIL_LENGTH), Regexp(ADDRESS, message=_l("请填写有效的邮箱地址。"))],
        filters=[canonical_email],
        render_kw={"autocomplete": "off"},
    )
    name = StringField(
        _l("姓名"),
        [DataRequired(_l("请填写姓名。")), Length(max=NAME_LENGTH)],
        filters=[plain],
        render_kw={"autocomplete": "off"},
    )
    licence_number = StringField(_l("执业证号"), [Length(max=LICENCE_LENGTH)], filters=[plain])
    provider_name = StringField(_l("承办机构"), [Length(max=100)], filters=[plain])
    practising_since = DateField(_l("执业起始日期"), [Optional()])
    region_code = SelectField(_l("行政区划"), [DataRequired(_l("请选择行政区划。"))])

    def validate_practising_since(self, field: DateField) -> None:
        if field.data and field.data > datetime.now(BEIJING).date():
            raise ValidationError(_l("不能晚于今天。"))

    def invited(self, role: Role, region_code: str) -> Invited:
        """Who is invited, once the form is valid; ``region_code`` counts where none is asked."""
        given: dict[str, Any] = {name: value or None for name, value in self.data.items()}
        return Invited(
            email=given["email"],
            role=role,
            region_code=given.get("region_code") or region_code,
            name=given.get("name") or "",
            licence_number=given.get("licence_number"),
            provider_name=given.get("provider_name"),
            practising_since=given.get("practising_since"),
        )


def invitation_form(role: Role, regions: Iterable[Any]) -> InvitationForm:
    """The fields that this role needs: a handler's name comes from the register."""
    form = InvitationForm()
    nothing = SelectChoice("", str(_l("请选择")))
    named = [SelectChoice(row.code, _indented(row)) for row in regions]
    form.region_code.choices = [nothing, *named]
    if role is Role.HANDLER:
        del form.name, form.provider_name, form.practising_since
        form.licence_number.validators = [DataRequired(_l("请填写执业证号。"))]
    elif role is not Role.REVIEWER:
        del form.licence_number, form.provider_name, form.practising_since
    if role is Role.ADMINISTRATOR:
        del form.region_code
    return form


def _indented(region: Any) -> str:
    """Cities stand one sign to the right of their province, counties two."""
    return f"{INDENT * list(RegionLevel).index(region.level)}{region.name}"
