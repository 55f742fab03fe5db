import click
from flask.cli import AppGroup

from review.domain.chasing import chase_rounds
from review.domain.panel_evidence import unrepeated

panels = AppGroup("panels", help="评估专家组 Panels of reviewers.")


@panels.command("chase")
def chase() -> None:
    """提醒即将到期的任务，改派超时的任务 Remind of tasks that are due, re-issue overdue ones."""
    reminded, lapsed = chase_rounds()
    click.echo(f"{reminded} reminded of, {lapsed} re-issued")


@panels.command("verify")
@click.argument("round_id", type=int)
def verify(round_id: int) -> None:
    """以密钥重新计算一次活动的专家分配 Compute a round's confirmed panels again with the key."""
    count, wrong = unrepeated(round_id)
    click.echo(f"{count} confirmed panels, {len(wrong)} that do not follow from their inputs")
    if wrong or not count:
        raise SystemExit(1)
