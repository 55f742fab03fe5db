"""Conflicts, recusals, notices and plans of panels

Revision: 0014, after 0013.
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('declaration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('relative', 'case', 'opposing', 'provider', name='declarationkind', native_enum=False, length=40), nullable=False),
    sa.Column('subject', review.types.Encrypted(), nullable=False),
    sa.Column('office', review.types.Encrypted(), nullable=True),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('declared_at', review.types.UtcDateTime(), nullable=False),
    sa.Column('withdrawn_at', review.types.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_declaration_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_declaration'))
    )
    with op.batch_alter_table('declaration', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_declaration_user_id'), ['user_id'], unique=False)

    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('task_added', 'task_moved', 'task_ended', 'task_lapsed', 'task_due', 'replaced', 'nobody_left', name='noticekind', native_enum=False, length=40), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('made_at', review.types.UtcDateTime(), nullable=False),
    sa.Column('read_at', review.types.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_notice_round_id_round')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_notice_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_unread', ['user_id'], unique=False, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_notice_user_id'), ['user_id'], unique=False)

    op.create_table('panel_objection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=True),
    sa.Column('provider_id', sa.Integer(), nullable=True),
    sa.Column('against_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=False),
    sa.Column('recorded_at', review.types.UtcDateTime(), nullable=False),
    sa.CheckConstraint('region_code IS NULL OR provider_id IS NULL', name=op.f('ck_panel_objection_region_or_firm')),
    sa.ForeignKeyConstraint(['against_id'], ['provider.id'], name=op.f('fk_panel_objection_against_id_provider')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_panel_objection_provider_id_provider')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['user.id'], name=op.f('fk_panel_objection_recorded_by_id_user')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_panel_objection_region_code_region')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_panel_objection_round_id_round')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_objection'))
    )
    with op.batch_alter_table('panel_objection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_panel_objection_round_id'), ['round_id'], unique=False)

    op.create_table('provider_alias',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.Column('added_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['added_by_id'], ['user.id'], name=op.f('fk_provider_alias_added_by_id_user')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_provider_alias_provider_id_provider')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_alias')),
    sa.UniqueConstraint('provider_id', 'name', name=op.f('uq_provider_alias_provider_id_name'))
    )
    op.create_table('panel_plan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('choice', sa.JSON(), nullable=False),
    sa.Column('outcome', sa.JSON(), nullable=True),
    sa.Column('problem', sa.JSON(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('evidence', review.types.Encrypted(), nullable=True),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('made_at', review.types.UtcDateTime(), nullable=False),
    sa.Column('confirmed_at', review.types.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_panel_plan_job_id_job')),
    sa.ForeignKeyConstraint(['made_by_id'], ['user.id'], name=op.f('fk_panel_plan_made_by_id_user')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_panel_plan_round_id_round')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_plan')),
    sa.UniqueConstraint('public_id', name=op.f('uq_panel_plan_public_id'))
    )
    with op.batch_alter_table('panel_plan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_panel_plan_round_id'), ['round_id'], unique=False)

    op.create_table('opponent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('office', sa.String(), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=False),
    sa.Column('recorded_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_opponent_case_id_case')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['user.id'], name=op.f('fk_opponent_recorded_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opponent')),
    sa.UniqueConstraint('case_id', 'office', name=op.f('uq_opponent_case_id_office'))
    )
    op.create_table('pin',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('provider_id', sa.Integer(), nullable=True),
    sa.Column('is_conflict', sa.Boolean(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('pinned_by_id', sa.Integer(), nullable=False),
    sa.Column('pinned_at', review.types.UtcDateTime(), nullable=False),
    sa.CheckConstraint('case_id IS NULL OR provider_id IS NULL', name=op.f('ck_pin_case_or_provider')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_pin_case_id_case')),
    sa.ForeignKeyConstraint(['pinned_by_id'], ['user.id'], name=op.f('fk_pin_pinned_by_id_user')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_pin_provider_id_provider')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_pin_round_id_round')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_pin_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pin'))
    )
    with op.batch_alter_table('pin', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pin_round_id'), ['round_id'], unique=False)

    op.create_table('recusal',
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Enum('took_part', 'related', 'other_side', 'recognised', 'other', 'by_rule', name='recusalreason', native_enum=False, length=40), nullable=False),
    sa.Column('declared_at', review.types.UtcDateTime(), nullable=False),
    sa.Column('replacement_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_recusal_assignment_id_assignment')),
    sa.ForeignKeyConstraint(['replacement_id'], ['assignment.id'], name=op.f('fk_recusal_replacement_id_assignment')),
    sa.PrimaryKeyConstraint('assignment_id', name=op.f('pk_recusal'))
    )
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_linking', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('reminded_on', sa.Date(), nullable=True))

    with op.batch_alter_table('reviewer_profile', schema=None) as batch_op:
        batch_op.add_column(sa.Column('case_types', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('most_cases', sa.Integer(), nullable=True))

    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('years_needed', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('linking_cases', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('linking_marks', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('remind_days', sa.Integer(), nullable=False, server_default='7'))
        batch_op.add_column(sa.Column('grace_days', sa.Integer(), nullable=False, server_default='3'))


    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.alter_column('is_linking', server_default=None)
    with op.batch_alter_table('round', schema=None) as batch_op:
        for name in ('years_needed', 'linking_cases', 'linking_marks', 'remind_days', 'grace_days'):
            batch_op.alter_column(name, server_default=None)


def downgrade():
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_column('grace_days')
        batch_op.drop_column('remind_days')
        batch_op.drop_column('linking_marks')
        batch_op.drop_column('linking_cases')
        batch_op.drop_column('years_needed')

    with op.batch_alter_table('reviewer_profile', schema=None) as batch_op:
        batch_op.drop_column('most_cases')
        batch_op.drop_column('case_types')

    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_column('reminded_on')
        batch_op.drop_column('is_linking')

    op.drop_table('recusal')
    with op.batch_alter_table('pin', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pin_round_id'))

    op.drop_table('pin')
    op.drop_table('opponent')
    with op.batch_alter_table('panel_plan', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_panel_plan_round_id'))

    op.drop_table('panel_plan')
    op.drop_table('provider_alias')
    with op.batch_alter_table('panel_objection', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_panel_objection_round_id'))

    op.drop_table('panel_objection')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notice_user_id'))
        batch_op.drop_index('ix_notice_unread', sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))

    op.drop_table('notice')
    with op.batch_alter_table('declaration', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_declaration_user_id'))

    op.drop_table('declaration')
