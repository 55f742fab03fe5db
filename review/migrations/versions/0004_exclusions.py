"""Cases kept out of a frame, and frames that cases came too late for

Revision: 0004, after 0003.
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('exclusion',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Enum('duplicate', 'no_aid_case', 'confidential', 'dossier_away', 'under_inquiry', 'other', name='exclusionreason', native_enum=False, length=40), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('excluded_by_id', sa.Integer(), nullable=False),
    sa.Column('excluded_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_exclusion_case_id_case')),
    sa.ForeignKeyConstraint(['excluded_by_id'], ['user.id'], name=op.f('fk_exclusion_excluded_by_id_user')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_exclusion_round_id_round')),
    sa.PrimaryKeyConstraint('round_id', 'case_id', name=op.f('pk_exclusion'))
    )
    with op.batch_alter_table('exclusion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exclusion_case_id'), ['case_id'], unique=False)

    with op.batch_alter_table('frame_case', schema=None) as batch_op:
        batch_op.add_column(sa.Column('missed_by_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_frame_case_missed_by_id_round'), 'round', ['missed_by_id'], ['id'])


def downgrade():
    with op.batch_alter_table('frame_case', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_frame_case_missed_by_id_round'), type_='foreignkey')
        batch_op.drop_column('missed_by_id')

    with op.batch_alter_table('exclusion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_exclusion_case_id'))

    op.drop_table('exclusion')
