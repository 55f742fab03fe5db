"""How far below the others each handler lies, the list of those far below, rubrics of quarters

Revision: 0022, after 0021.
"""

from alembic import op
import sqlalchemy as sa

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

FIGURES = ('shortfall', 'shortfall_lower', 'shortfall_upper', 'material_line')


def upgrade():
    op.add_column('quarter_figure', sa.Column('rubrics', sa.String(), nullable=True))
    for name in FIGURES:
        op.add_column('handler_figure', sa.Column(name, sa.Float(), nullable=True))
    op.add_column(
        'handler_figure',
        sa.Column('is_material', sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade():
    with op.batch_alter_table('handler_figure') as batch_op:
        batch_op.drop_column('is_material')
        for name in FIGURES:
            batch_op.drop_column(name)
    with op.batch_alter_table('quarter_figure') as batch_op:
        batch_op.drop_column('rubrics')
