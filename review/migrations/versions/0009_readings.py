"""What reading a register left to ask and to show, and what headings mean in a region

Revision: 0009, after 0008.
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('heading_meaning',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('word', sa.String(), nullable=False),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user.id'], name=op.f('fk_heading_meaning_decided_by_id_user')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_heading_meaning_region_code_region')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_heading_meaning')),
    sa.UniqueConstraint('region_code', 'word', name=op.f('uq_heading_meaning_region_code_word'))
    )
    op.create_table('register_reading',
    sa.Column('import_id', sa.Integer(), nullable=False),
    sa.Column('questions', review.types.Encrypted(), nullable=False),
    sa.Column('rewrites', review.types.Encrypted(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['register_import.id'], name=op.f('fk_register_reading_import_id_register_import')),
    sa.PrimaryKeyConstraint('import_id', name=op.f('pk_register_reading'))
    )


def downgrade():
    op.drop_table('register_reading')
    op.drop_table('heading_meaning')
