"""Every version of a review, each change under its own key

Revision: 0019, after 0018.
"""


from alembic import op
import sqlalchemy as sa

import review.types

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'review_change',
        sa.Column('review_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('kind', sa.Enum('saved', 'submitted', 'returned', name='reviewchangekind', native_enum=False, length=40), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('content', sa.JSON(), nullable=False),
        sa.Column('is_late', sa.Boolean(), nullable=False),
        sa.Column('received_at', review.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['review_id'], ['review.id'], name=op.f('fk_review_change_review_id_review')),
        sa.PrimaryKeyConstraint('review_id', 'version', name=op.f('pk_review_change')),
        sa.UniqueConstraint('review_id', 'key', name=op.f('uq_review_change_review_id_key')),
    )


def downgrade():
    op.drop_table('review_change')
