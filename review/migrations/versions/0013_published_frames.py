"""Designs, published versions of frames, seeds of several parties, replacements

Rounds frozen before this get the one version that they had: a listing of the numbers alone, under
the digest that was shown for it, and no manifest. Those not drawn yet had no design: that version
ends, and they are drafts again.

Revision: 0013, after 0012.
"""

import zlib

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

FIRST_RULES = {
    'dimensions': ['region', 'kind'], 'size_by': 'number', 'fixed': [], 'unit': None, 'minimum': 0,
    'cap': None, 'targeting': [], 'targeted': None, 'reviewers': None, 'fee': None,
}


def upgrade():
    op.create_table('frame_version',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('cases', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('listing', sa.LargeBinary(), nullable=False),
    sa.Column('design', sa.JSON(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('frozen_by_id', sa.Integer(), nullable=False),
    sa.Column('frozen_at', review.types.UtcDateTime(), nullable=False),
    sa.Column('seed_kind', sa.Enum('dice', 'lottery', 'parties', name='seedkind', native_enum=False, length=40), nullable=False),
    sa.Column('seed_source', sa.String(), nullable=False),
    sa.Column('seed_due_on', sa.Date(), nullable=True),
    sa.Column('seed', sa.String(), nullable=True),
    sa.Column('drawn_at', review.types.UtcDateTime(), nullable=True),
    sa.Column('manifest', sa.Text(), nullable=True),
    sa.Column('seal', sa.String(length=64), nullable=True),
    sa.Column('reopening_reason', sa.String(), nullable=True),
    sa.Column('reopening_asked_by_id', sa.Integer(), nullable=True),
    sa.Column('reopening_asked_at', review.types.UtcDateTime(), nullable=True),
    sa.Column('reopened_by_id', sa.Integer(), nullable=True),
    sa.Column('reopened_at', review.types.UtcDateTime(), nullable=True),
    sa.CheckConstraint('number >= 1', name=op.f('ck_frame_version_number_from_one')),
    sa.ForeignKeyConstraint(['frozen_by_id'], ['user.id'], name=op.f('fk_frame_version_frozen_by_id_user')),
    sa.ForeignKeyConstraint(['reopened_by_id'], ['user.id'], name=op.f('fk_frame_version_reopened_by_id_user')),
    sa.ForeignKeyConstraint(['reopening_asked_by_id'], ['user.id'], name=op.f('fk_frame_version_reopening_asked_by_id_user')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_frame_version_round_id_round')),
    sa.PrimaryKeyConstraint('round_id', 'number', name=op.f('pk_frame_version'))
    )
    with op.batch_alter_table('frame_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_frame_version_seed'), ['seed'], unique=False)

    op.create_table('sampling_design',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('rules', sa.JSON(), nullable=False),
    sa.Column('seed', sa.JSON(), nullable=True),
    sa.Column('saved_by_id', sa.Integer(), nullable=False),
    sa.Column('saved_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_sampling_design_round_id_round')),
    sa.ForeignKeyConstraint(['saved_by_id'], ['user.id'], name=op.f('fk_sampling_design_saved_by_id_user')),
    sa.PrimaryKeyConstraint('round_id', name=op.f('pk_sampling_design'))
    )
    op.create_table('seed_party',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('commitment', sa.String(length=64), nullable=True),
    sa.Column('committed_at', review.types.UtcDateTime(), nullable=True),
    sa.Column('value', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_seed_party_round_id_round')),
    sa.PrimaryKeyConstraint('round_id', 'version', 'name', name=op.f('pk_seed_party'))
    )
    op.create_table('replacement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('left_case_id', sa.Integer(), nullable=False),
    sa.Column('left_number', sa.String(), nullable=False),
    sa.Column('came_case_id', sa.Integer(), nullable=False),
    sa.Column('came_number', sa.String(), nullable=False),
    sa.Column('stratum', sa.String(), nullable=False),
    sa.Column('ticket', sa.String(length=64), nullable=False),
    sa.Column('for_minimum', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Enum('dossier_missing', 'dossier_incomplete', 'confidential', 'not_a_case', 'no_reviewer', name='replacementreason', native_enum=False, length=40), nullable=False),
    sa.Column('replaced_by_id', sa.Integer(), nullable=False),
    sa.Column('replaced_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['came_case_id'], ['case.id'], name=op.f('fk_replacement_came_case_id_case')),
    sa.ForeignKeyConstraint(['left_case_id'], ['case.id'], name=op.f('fk_replacement_left_case_id_case')),
    sa.ForeignKeyConstraint(['replaced_by_id'], ['user.id'], name=op.f('fk_replacement_replaced_by_id_user')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_replacement_round_id_round')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_replacement'))
    )
    with op.batch_alter_table('replacement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_replacement_came_case_id'), ['came_case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_replacement_left_case_id'), ['left_case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_replacement_round_id'), ['round_id'], unique=False)

    op.create_table('targeted_case',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Enum('complaint', 'flagged', 'last_fail', 'first_year', name='targetreason', native_enum=False, length=40), nullable=False),
    sa.Column('named_by_id', sa.Integer(), nullable=False),
    sa.Column('named_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_targeted_case_case_id_case')),
    sa.ForeignKeyConstraint(['named_by_id'], ['user.id'], name=op.f('fk_targeted_case_named_by_id_user')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_targeted_case_round_id_round')),
    sa.PrimaryKeyConstraint('round_id', 'case_id', name=op.f('pk_targeted_case'))
    )
    with op.batch_alter_table('targeted_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_targeted_case_case_id'), ['case_id'], unique=False)

    publish_first_rounds(op.get_bind())


def publish_first_rounds(bind):
    tables = sa.MetaData()
    tables.reflect(bind, only=('round', 'draw', 'frame_case', 'stratum', 'frame_version'))
    rounds, draws, cases, strata = (
        tables.tables[name] for name in ('round', 'draw', 'frame_case', 'stratum')
    )
    frozen = sa.select(
        rounds.c.id, rounds.c.status, rounds.c.frame_digest, rounds.c.frozen_at,
        rounds.c.created_by_id, draws.c.seed, draws.c.seed_source, draws.c.drawn_at,
        draws.c.sample_size, draws.c.allocation,
    ).outerjoin(draws, draws.c.round_id == rounds.c.id).where(rounds.c.frozen_at.is_not(None))
    for row in bind.execute(frozen).all():
        mine = sa.select(cases.c.canonical_number).where(cases.c.round_id == row.id)
        numbers = sorted(bind.execute(mine).scalars())
        parts = sa.select(strata.c.label, strata.c.population, strata.c.sample_size)
        parts = bind.execute(parts.where(strata.c.round_id == row.id).order_by(strata.c.label))
        size, allocation = row.sample_size or 0, row.allocation or 'proportional'
        design = {
            'rules': FIRST_RULES | {'wanted': str(size), 'allocation': allocation},
            'design': {'allocation': allocation, 'size': size, 'fixed': [], 'deviations': [],
                       'minimum': 0, 'cap': None},
            'strata': [list(part) for part in parts],
        }
        ends = row.status == 'frozen'
        bind.execute(tables.tables['frame_version'].insert().values(
            round_id=row.id, number=1, cases=len(numbers), digest=row.frame_digest or '',
            listing=zlib.compress(''.join(f'{number}\n' for number in numbers).encode()),
            design=design, figures={'places': {}, 'late': 0, 'exclusions': []},
            frozen_by_id=row.created_by_id, frozen_at=row.frozen_at,
            seed_kind='dice', seed_source=row.seed_source or '', seed=row.seed,
            drawn_at=row.drawn_at,
            reopening_reason='升级：名单须连同抽样设计重新冻结' if ends else None,
            reopened_by_id=row.created_by_id if ends else None,
            reopened_at=row.frozen_at if ends else None,
        ))
        if ends:
            for table in (cases, strata):
                bind.execute(table.delete().where(table.c.round_id == row.id))
            bind.execute(rounds.update().where(rounds.c.id == row.id).values(
                status='draft', frame_size=None, frame_digest=None, frozen_at=None
            ))


def downgrade():
    with op.batch_alter_table('targeted_case', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_targeted_case_case_id'))

    op.drop_table('targeted_case')
    with op.batch_alter_table('replacement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_replacement_round_id'))
        batch_op.drop_index(batch_op.f('ix_replacement_left_case_id'))
        batch_op.drop_index(batch_op.f('ix_replacement_came_case_id'))

    op.drop_table('replacement')
    op.drop_table('seed_party')
    op.drop_table('sampling_design')
    with op.batch_alter_table('frame_version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_frame_version_seed'))

    op.drop_table('frame_version')
