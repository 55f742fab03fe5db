"""Uploads in batches, and why a dossier changed

Revision: 0010, after 0009.
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('dossier_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('dossier_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('digest_before', sa.String(length=64), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=False),
    sa.Column('changed_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['changed_by_id'], ['user.id'], name=op.f('fk_dossier_change_changed_by_id_user')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_dossier_change_dossier_id_dossier')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier_change'))
    )
    with op.batch_alter_table('dossier_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dossier_change_dossier_id'), ['dossier_id'], unique=False)

    with op.batch_alter_table('dossier_upload', schema=None) as batch_op:
        batch_op.add_column(sa.Column('batch', sa.String(length=22), nullable=False, server_default=''))
    with op.batch_alter_table('dossier_upload', schema=None) as batch_op:
        batch_op.alter_column('batch', server_default=None)


def downgrade():
    with op.batch_alter_table('dossier_upload', schema=None) as batch_op:
        batch_op.drop_column('batch')

    with op.batch_alter_table('dossier_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dossier_change_dossier_id'))

    op.drop_table('dossier_change')
