"""Own rubrics and schemes; answers, findings and judgements beside points

Revision: 0011, after 0010.
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

ADDED = {
    'mark': (('answer', sa.String(), ''), ('found', sa.Boolean(), sa.false())),
    'review': (('overall', sa.String(), ''), ('failed_by', sa.JSON(), '[]')),
    'result': (('failed_by', sa.JSON(), '[]'),),
}


def upgrade():
    op.create_table('definition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.Enum('rubric', 'scheme', name='definitionsubject', native_enum=False, length=40), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('region_code', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('edits', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('draft', 'published', 'retired', name='definitionstatus', native_enum=False, length=40), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('saved_by_id', sa.Integer(), nullable=False),
    sa.Column('saved_at', review.types.UtcDateTime(), nullable=False),
    sa.Column('published_at', review.types.UtcDateTime(), nullable=True),
    sa.Column('retired_at', review.types.UtcDateTime(), nullable=True),
    sa.CheckConstraint("digest IS NOT NULL OR status NOT IN ('published', 'retired')", name=op.f('ck_definition_digest_once_published')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_definition_region_code_region')),
    sa.ForeignKeyConstraint(['saved_by_id'], ['user.id'], name=op.f('fk_definition_saved_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_definition')),
    sa.UniqueConstraint('subject', 'key', name=op.f('uq_definition_subject_key'))
    )
    with op.batch_alter_table('definition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_definition_region_code'), ['region_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_definition_status'), ['status'], unique=False)
    for table, columns in ADDED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, kind, empty in columns:
                batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=empty))
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, _, _ in columns:
                batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table('review', schema=None) as batch_op:
        batch_op.add_column(sa.Column('agency_total', review.types.ExactDecimal(), nullable=True))


def downgrade():
    with op.batch_alter_table('review', schema=None) as batch_op:
        batch_op.drop_column('agency_total')
    for table, columns in ADDED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, _, _ in columns:
                batch_op.drop_column(name)
    with op.batch_alter_table('definition', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_definition_status'))
        batch_op.drop_index(batch_op.f('ix_definition_region_code'))
    op.drop_table('definition')
