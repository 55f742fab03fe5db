import click
from flask.cli import AppGroup

from review.domain.audit_chain import Checkpoint, check_chain, head

audit = AppGroup("audit", help="审计日志 The audit log.")


@audit.command("head")
def show_head() -> None:
    """显示检查点，请抄存到平台之外 Show the checkpoint, to be kept outside the platform."""
    last = head()
    click.echo(f"{last.sequence}:{last.link}")


@audit.command("verify")
@click.argument("kept", nargs=-1)
def verify(kept: tuple[str, ...]) -> None:
    """重算整条日志链，并与抄存的检查点（序号:链值）核对 Work the chain out again, compare KEPT."""
    check = check_chain(map(_checkpoint, kept))
    click.echo(f"{check.events} events, head {check.head.sequence}:{check.head.link}")
    for problem in (
        check.broken_at and f"the chain breaks at {check.broken_at}",
        check.unlinked and f"{check.unlinked} events have no place in the chain",
        *(f"not met: {each.sequence}:{each.link}" for each in check.missed),
    ):
        if problem:
            click.echo(problem, err=True)
    if not kept:
        click.echo(
            "没有检查点：末尾被截去或整体重写，看不出来。Without a checkpoint nobody can see "
            "whether the end was cut off, or all of it written anew.",
            err=True,
        )
    if not check.is_whole:
        raise SystemExit(1)


def _checkpoint(text: str) -> Checkpoint:
    sequence, _colon, link = text.partition(":")
    if not sequence.isdecimal() or len(link) != 64:  # noqa: PLR2004  (a SHA-256 in hexadecimal)
        raise click.BadParameter(f"{text!r}: give number:link, as `audit head` prints it")
    return Checkpoint(int(sequence), link)
