"""Own marks before a panel decision, and the record of the decision

Revision: 0023, after 0022.
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('panel_view',
    sa.Column('sampled_case_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('total', review.types.ExactDecimal(), nullable=False),
    sa.Column('given_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['sampled_case_id'], ['sampled_case.id'], name=op.f('fk_panel_view_sampled_case_id_sampled_case')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_panel_view_user_id_user')),
    sa.PrimaryKeyConstraint('sampled_case_id', 'user_id', name=op.f('pk_panel_view'))
    )
    op.create_table('panel_record',
    sa.Column('sampled_case_id', sa.Integer(), nullable=False),
    sa.Column('rubric_key', sa.String(), nullable=False),
    sa.Column('marks', sa.JSON(), nullable=False),
    sa.Column('overall', sa.String(), nullable=False),
    sa.Column('in_favour', sa.Integer(), nullable=False),
    sa.Column('against', sa.Integer(), nullable=False),
    sa.Column('members', review.types.Encrypted(), nullable=False),
    sa.Column('decided_at', review.types.UtcDateTime(), nullable=False),
    sa.CheckConstraint('in_favour >= against', name=op.f('ck_panel_record_majority')),
    sa.ForeignKeyConstraint(['sampled_case_id'], ['sampled_case.id'], name=op.f('fk_panel_record_sampled_case_id_sampled_case')),
    sa.PrimaryKeyConstraint('sampled_case_id', name=op.f('pk_panel_record'))
    )


def downgrade():
    op.drop_table('panel_record')
    op.drop_table('panel_view')
