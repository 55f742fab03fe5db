"""Dossiers, their files, copies, index and bars

Revision: 0006, after 0005.
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('stored_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('sealed_key', review.types.Encrypted(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('chunk_digests', sa.LargeBinary(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file')),
    sa.UniqueConstraint('key', name=op.f('uq_stored_file_key'))
    )
    op.create_table('dossier',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('empty', 'uploaded', 'indexed', 'redacted', name='dossierstatus', native_enum=False, length=40), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('files_digest', sa.String(length=64), nullable=True),
    sa.Column('made_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_dossier_case_id_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier')),
    sa.UniqueConstraint('case_id', name=op.f('uq_dossier_case_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_dossier_public_id'))
    )
    op.create_table('dossier_upload',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('name', review.types.Encrypted(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('received', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.Enum('receiving', 'queued', 'done', 'refused', 'withdrawn', name='uploadstatus', native_enum=False, length=40), nullable=False),
    sa.Column('made_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_dossier_upload_case_id_case')),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_dossier_upload_owner_id_user')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_dossier_upload_region_code_region')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier_upload')),
    sa.UniqueConstraint('public_id', name=op.f('uq_dossier_upload_public_id'))
    )
    with op.batch_alter_table('dossier_upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dossier_upload_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_dossier_upload_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_dossier_upload_region_code'), ['region_code'], unique=False)

    op.create_table('dossier_copy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('dossier_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('full', 'redacted', name='copykind', native_enum=False, length=40), nullable=False),
    sa.Column('stored_id', sa.Integer(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('made_at', review.types.UtcDateTime(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_dossier_copy_dossier_id_dossier')),
    sa.ForeignKeyConstraint(['made_by_id'], ['user.id'], name=op.f('fk_dossier_copy_made_by_id_user')),
    sa.ForeignKeyConstraint(['stored_id'], ['stored_file.id'], name=op.f('fk_dossier_copy_stored_id_stored_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier_copy')),
    sa.UniqueConstraint('dossier_id', 'kind', name=op.f('uq_dossier_copy_dossier_id_kind'))
    )
    with op.batch_alter_table('dossier_copy', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dossier_copy_stored_id'), ['stored_id'], unique=False)

    op.create_table('dossier_document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('dossier_id', sa.Integer(), nullable=False),
    sa.Column('document_type', sa.String(length=40), nullable=False),
    sa.Column('first_page', sa.Integer(), nullable=False),
    sa.Column('last_page', sa.Integer(), nullable=False),
    sa.Column('source', sa.Enum('hand', 'bookmark', 'text', name='indexsource', native_enum=False, length=40), nullable=False),
    sa.Column('confirmed', sa.Boolean(), nullable=False),
    sa.CheckConstraint('1 <= first_page AND first_page <= last_page', name=op.f('ck_dossier_document_pages')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_dossier_document_dossier_id_dossier')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier_document'))
    )
    with op.batch_alter_table('dossier_document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dossier_document_dossier_id'), ['dossier_id'], unique=False)

    op.create_table('dossier_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('upload_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('dossier_id', sa.Integer(), nullable=True),
    sa.Column('stored_id', sa.Integer(), nullable=True),
    sa.Column('name', review.types.Encrypted(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('status', sa.Enum('unmatched', 'waiting', 'in_use', 'replaced', 'discarded', 'refused', name='filestatus', native_enum=False, length=40), nullable=False),
    sa.Column('refusal', sa.Enum('not_readable', 'wrong_format', 'locked', 'no_pages', 'too_many_pages', 'too_large', 'too_costly', name='filerefusal', native_enum=False, length=40), nullable=True),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.Column('uploaded_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_dossier_file_dossier_id_dossier')),
    sa.ForeignKeyConstraint(['stored_id'], ['stored_file.id'], name=op.f('fk_dossier_file_stored_id_stored_file')),
    sa.ForeignKeyConstraint(['upload_id'], ['dossier_upload.id'], name=op.f('fk_dossier_file_upload_id_dossier_upload')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user.id'], name=op.f('fk_dossier_file_uploaded_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier_file')),
    sa.UniqueConstraint('upload_id', 'ordinal', name=op.f('uq_dossier_file_upload_id_ordinal'))
    )
    with op.batch_alter_table('dossier_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dossier_file_dossier_id'), ['dossier_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_dossier_file_stored_id'), ['stored_id'], unique=False)

    op.create_table('redaction_mark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('dossier_id', sa.Integer(), nullable=False),
    sa.Column('page', sa.Integer(), nullable=False),
    sa.Column('x0', sa.Float(), nullable=False),
    sa.Column('y0', sa.Float(), nullable=False),
    sa.Column('x1', sa.Float(), nullable=False),
    sa.Column('y1', sa.Float(), nullable=False),
    sa.Column('what', sa.Enum('name', 'stamp', 'signature', 'other', name='markedcontent', native_enum=False, length=40), nullable=False),
    sa.Column('source', sa.Enum('hand', 'bookmark', 'text', name='indexsource', native_enum=False, length=40), nullable=False),
    sa.Column('status', sa.Enum('proposed', 'accepted', name='markstatus', native_enum=False, length=40), nullable=False),
    sa.CheckConstraint('0 <= x0 AND x0 <= x1 AND x1 <= 1', name=op.f('ck_redaction_mark_x_on_page')),
    sa.CheckConstraint('0 <= y0 AND y0 <= y1 AND y1 <= 1', name=op.f('ck_redaction_mark_y_on_page')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_redaction_mark_dossier_id_dossier')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_redaction_mark'))
    )
    with op.batch_alter_table('redaction_mark', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_redaction_mark_dossier_id'), ['dossier_id'], unique=False)

    op.create_table('upload_part',
    sa.Column('upload_id', sa.Integer(), nullable=False),
    sa.Column('start', sa.BigInteger(), nullable=False),
    sa.Column('stored_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['stored_id'], ['stored_file.id'], name=op.f('fk_upload_part_stored_id_stored_file')),
    sa.ForeignKeyConstraint(['upload_id'], ['dossier_upload.id'], name=op.f('fk_upload_part_upload_id_dossier_upload')),
    sa.PrimaryKeyConstraint('upload_id', 'start', name=op.f('pk_upload_part'))
    )
    with op.batch_alter_table('upload_part', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_upload_part_stored_id'), ['stored_id'], unique=False)

    with op.batch_alter_table('frame_case', schema=None) as batch_op:
        batch_op.add_column(sa.Column('dossier_digest', sa.String(length=64), nullable=True))

    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('shows_full_dossiers', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.alter_column('shows_full_dossiers', server_default=None)


def downgrade():
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_column('shows_full_dossiers')

    with op.batch_alter_table('frame_case', schema=None) as batch_op:
        batch_op.drop_column('dossier_digest')

    with op.batch_alter_table('upload_part', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_upload_part_stored_id'))

    op.drop_table('upload_part')
    with op.batch_alter_table('redaction_mark', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_redaction_mark_dossier_id'))

    op.drop_table('redaction_mark')
    with op.batch_alter_table('dossier_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dossier_file_stored_id'))
        batch_op.drop_index(batch_op.f('ix_dossier_file_dossier_id'))

    op.drop_table('dossier_file')
    with op.batch_alter_table('dossier_document', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dossier_document_dossier_id'))

    op.drop_table('dossier_document')
    with op.batch_alter_table('dossier_copy', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dossier_copy_stored_id'))

    op.drop_table('dossier_copy')
    with op.batch_alter_table('dossier_upload', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dossier_upload_region_code'))
        batch_op.drop_index(batch_op.f('ix_dossier_upload_owner_id'))
        batch_op.drop_index(batch_op.f('ix_dossier_upload_case_id'))

    op.drop_table('dossier_upload')
    op.drop_table('dossier')
    op.drop_table('stored_file')
