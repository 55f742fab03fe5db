"""Receipts of submissions, and extensions

Revision: 0020, after 0019.
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'receipt',
        sa.Column('review_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('salt', sa.String(length=22), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['review_id'], ['review.id'], name=op.f('fk_receipt_review_id_review')),
        sa.PrimaryKeyConstraint('review_id', 'version', name=op.f('pk_receipt')),
        sa.UniqueConstraint('digest', name=op.f('uq_receipt_digest')),
    )
    op.create_table(
        'extension',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('assignment_id', sa.Integer(), nullable=False),
        sa.Column('asked_at', review.types.UtcDateTime(), nullable=False),
        sa.Column('decided_at', review.types.UtcDateTime(), nullable=True),
        sa.Column('decided_by_id', sa.Integer(), nullable=True),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_extension_assignment_id_assignment')),
        sa.ForeignKeyConstraint(['decided_by_id'], ['user.id'], name=op.f('fk_extension_decided_by_id_user')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_extension')),
    )
    with op.batch_alter_table('extension', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_extension_assignment_id'), ['assignment_id'], unique=False)


def downgrade():
    with op.batch_alter_table('extension', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_extension_assignment_id'))

    op.drop_table('extension')
    op.drop_table('receipt')
