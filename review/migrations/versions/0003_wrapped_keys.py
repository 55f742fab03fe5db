"""Keys that outlive the data key, encrypted under it

Revision: 0003, after 0002.
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('wrapped_key',
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('wrapped', review.types.Encrypted(), nullable=False),
    sa.PrimaryKeyConstraint('purpose', name=op.f('pk_wrapped_key'))
    )


def downgrade():
    op.drop_table('wrapped_key')
