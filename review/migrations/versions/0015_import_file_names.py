"""The names of imported files, sealed

Revision: 0015, after 0014.
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('register_import', sa.Column('file_name', review.types.Encrypted(), nullable=True))


def downgrade():
    with op.batch_alter_table('register_import') as batch_op:
        batch_op.drop_column('file_name')
