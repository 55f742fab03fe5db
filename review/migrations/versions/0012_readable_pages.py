"""Which pages of a redacted copy can still be read in the text layer

Revision: 0012, after 0011.
"""

from alembic import op
import sqlalchemy as sa

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('dossier_copy', schema=None) as batch_op:
        batch_op.add_column(sa.Column('readable', sa.JSON(), nullable=False, server_default='[]'))
    with op.batch_alter_table('dossier_copy', schema=None) as batch_op:
        batch_op.alter_column('readable', server_default=None)


def downgrade():
    with op.batch_alter_table('dossier_copy', schema=None) as batch_op:
        batch_op.drop_column('readable')
