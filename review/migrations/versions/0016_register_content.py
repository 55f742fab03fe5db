"""What an import keeps sealed, in rows of their own

What is staged has another form from here on. A preview of the older form is forgotten: the import
waits to be read once more from its file, or, where a command kept no file, is discarded. Nothing
of a preview is in the register yet.

Revision: 0016, after 0015.
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

PARTS = ('upload', 'staged', 'rejects', 'changes')


def upgrade():
    for status, has_file in (('uploaded', 'IS NOT NULL'), ('discarded', 'IS NULL')):
        op.execute(
            f"UPDATE register_import SET status = '{status}', staged = NULL, rejects = NULL, "
            f"changes = NULL WHERE status = 'previewed' AND upload {has_file}"
        )
    op.create_table(
        'register_content',
        sa.Column('import_id', sa.Integer(), nullable=False),
        sa.Column('part', sa.String(length=40), nullable=False),
        sa.Column('content', review.types.Encrypted(), nullable=False),
        sa.ForeignKeyConstraint(['import_id'], ['register_import.id']),
        sa.PrimaryKeyConstraint('import_id', 'part'),
    )
    for part in PARTS:
        op.execute(
            'INSERT INTO register_content (import_id, part, content) '
            f"SELECT id, '{part}', {part} FROM register_import WHERE {part} IS NOT NULL"
        )
    with op.batch_alter_table('register_import') as batch_op:
        for part in PARTS:
            batch_op.drop_column(part)


def downgrade():
    with op.batch_alter_table('register_import') as batch_op:
        for part in PARTS:
            batch_op.add_column(sa.Column(part, review.types.Encrypted(), nullable=True))
    for part in PARTS:
        op.execute(
            f'UPDATE register_import SET {part} = (SELECT content FROM register_content '
            f"WHERE import_id = register_import.id AND part = '{part}')"
        )
    op.drop_table('register_content')
