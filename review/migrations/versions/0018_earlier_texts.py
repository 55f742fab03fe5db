"""What a draft of a rubric or a scheme was before a later save

Revision: 0018, after 0017.
"""

from alembic import op
import sqlalchemy as sa

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('earlier_text',
    sa.Column('definition_id', sa.Integer(), nullable=False),
    sa.Column('edits', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['definition_id'], ['definition.id'], name=op.f('fk_earlier_text_definition_id_definition')),
    sa.PrimaryKeyConstraint('definition_id', 'edits', name=op.f('pk_earlier_text'))
    )


def downgrade():
    # What was discarded is no status of the version before; it goes, as it never served anything.
    op.execute("DELETE FROM earlier_text")
    op.execute("DELETE FROM definition WHERE status = 'discarded'")
    op.drop_table('earlier_text')
