"""Handlers that look like one person: merged into one, or told apart

Revision: 0007, after 0006.
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('handler', schema=None) as batch_op:
        batch_op.add_column(sa.Column('disputed_licence', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('merged_into_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_handler_disputed_licence'), ['disputed_licence'], unique=False)
        batch_op.create_index(batch_op.f('ix_handler_merged_into_id'), ['merged_into_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_handler_merged_into_id_handler'), 'handler', ['merged_into_id'], ['id'])
    op.create_table('handler_distinction',
    sa.Column('first_id', sa.Integer(), nullable=False),
    sa.Column('second_id', sa.Integer(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user.id'], name=op.f('fk_handler_distinction_decided_by_id_user')),
    sa.ForeignKeyConstraint(['first_id'], ['handler.id'], name=op.f('fk_handler_distinction_first_id_handler')),
    sa.ForeignKeyConstraint(['second_id'], ['handler.id'], name=op.f('fk_handler_distinction_second_id_handler')),
    sa.PrimaryKeyConstraint('first_id', 'second_id', name=op.f('pk_handler_distinction'))
    )


def downgrade():
    op.drop_table('handler_distinction')
    with op.batch_alter_table('handler', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_handler_merged_into_id_handler'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_handler_merged_into_id'))
        batch_op.drop_index(batch_op.f('ix_handler_disputed_licence'))
        batch_op.drop_column('merged_into_id')
        batch_op.drop_column('disputed_licence')
