"""Imports in the background

Revision: 0008, after 0007.
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade():
    # What was staged for a preview had another form; uploading the file again costs a minute.
    op.execute(
        "UPDATE register_import SET status = 'discarded', staged = NULL, rejects = NULL "
        "WHERE status = 'previewed'"
    )
    with op.batch_alter_table('register_import', schema=None) as batch_op:
        batch_op.add_column(sa.Column('upload', review.types.Encrypted(), nullable=True))
        batch_op.add_column(sa.Column('changes', review.types.Encrypted(), nullable=True))
        batch_op.add_column(sa.Column('problem', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('made', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('job_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_register_import_job_id_job'), 'job', ['job_id'], ['id'])



def downgrade():
    with op.batch_alter_table('register_import', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_register_import_job_id_job'), type_='foreignkey')
        batch_op.drop_column('job_id')
        batch_op.drop_column('made')
        batch_op.drop_column('problem')
        batch_op.drop_column('changes')
        batch_op.drop_column('upload')

