"""Which cases a round marks again, and why one was

Revision: 0017, after 0016.
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

NEW = ('border', 'remarked_grades', 'remark_percent')


def upgrade():
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('border', review.types.ExactDecimal(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('remarked_grades', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('remark_percent', review.types.ExactDecimal(), nullable=False, server_default='0'))
    with op.batch_alter_table('round', schema=None) as batch_op:
        for name in NEW:
            batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table('sampled_case', schema=None) as batch_op:
        batch_op.add_column(sa.Column('called_for', sa.Enum('difference', 'border', 'grade', 'lot', name='callreason', native_enum=False, length=40), nullable=True))
    # Until now nothing but a difference called for a third mark.
    op.execute(
        "UPDATE sampled_case SET called_for = 'difference' WHERE status = 'third_mark' OR id IN"
        " (SELECT a.sampled_case_id FROM assignment a JOIN sampled_case s ON s.id = a.sampled_case_id"
        " JOIN round r ON r.id = s.round_id WHERE r.marks_per_case = 2 AND a.ordinal = 3"
        " AND NOT a.is_linking AND a.status = 'submitted')"
    )


def downgrade():
    with op.batch_alter_table('sampled_case', schema=None) as batch_op:
        batch_op.drop_column('called_for')
    with op.batch_alter_table('round', schema=None) as batch_op:
        for name in reversed(NEW):
            batch_op.drop_column(name)
