"""Indexes for the reconciliation of a province's case numbers

Revision: 0005, after 0004.
"""

from alembic import op
import sqlalchemy as sa

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('case', schema=None) as batch_op:
        batch_op.create_index('ix_case_not_archived', ['region_code', 'closed_on'], unique=False, sqlite_where=sa.text('archived_on IS NULL'), postgresql_where=sa.text('archived_on IS NULL'))
        batch_op.create_index('ix_case_region_number', ['region_code', 'case_number', 'closed_on'], unique=False)


def downgrade():
    with op.batch_alter_table('case', schema=None) as batch_op:
        batch_op.drop_index('ix_case_region_number')
        batch_op.drop_index('ix_case_not_archived')
