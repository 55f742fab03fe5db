"""initial

Revision: 0001, after .
"""

from alembic import op
import sqlalchemy as sa

import review.types

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('login_failure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_digest', sa.String(length=64), nullable=False),
    sa.Column('network_digest', sa.String(length=64), nullable=False),
    sa.Column('failed_at', review.types.UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_failure'))
    )
    with op.batch_alter_table('login_failure', schema=None) as batch_op:
        batch_op.create_index('ix_login_failure_account', ['account_digest', 'failed_at'], unique=False)
        batch_op.create_index('ix_login_failure_network', ['network_digest', 'failed_at'], unique=False)

    op.create_table('region',
    sa.Column('code', sa.String(length=6), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('level', sa.Enum('province', 'city', 'county', name='regionlevel', native_enum=False, length=40), nullable=False),
    sa.Column('parent_code', sa.String(length=6), nullable=True),
    sa.Column('population', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['parent_code'], ['region.code'], name=op.f('fk_region_parent_code_region')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_region'))
    )
    with op.batch_alter_table('region', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_region_parent_code'), ['parent_code'], unique=False)

    op.create_table('user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=True),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user')),
    sa.UniqueConstraint('email', name=op.f('uq_user_email'))
    )
    op.create_table('agency',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_agency_region_code_region')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agency')),
    sa.UniqueConstraint('code', name=op.f('uq_agency_code'))
    )
    with op.batch_alter_table('agency', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agency_region_code'), ['region_code'], unique=False)

    op.create_table('audit_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', review.types.UtcDateTime(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('role', sa.Enum('organiser', 'reviewer', 'chief', 'handler', 'auditor', 'administrator', name='role', native_enum=False, length=40), nullable=True),
    sa.Column('region_code', sa.String(length=6), nullable=True),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('object_type', sa.String(), nullable=False),
    sa.Column('object_id', sa.String(), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['user.id'], name=op.f('fk_audit_event_actor_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_event'))
    )
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_event_action'), ['action'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_event_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_event_at'), ['at'], unique=False)
        batch_op.create_index('ix_audit_event_object', ['object_type', 'object_id'], unique=False)

    op.create_table('provider',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=True),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_provider_region_code_region')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider')),
    sa.UniqueConstraint('name', name=op.f('uq_provider_name'))
    )
    op.create_table('quarter_figure',
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('scheme_key', sa.String(), nullable=False),
    sa.Column('quarter', sa.String(length=6), nullable=False),
    sa.Column('cases', sa.Integer(), nullable=False),
    sa.Column('mean', sa.Float(), nullable=False),
    sa.Column('standard_error', sa.Float(), nullable=True),
    sa.Column('lower', sa.Float(), nullable=True),
    sa.Column('upper', sa.Float(), nullable=True),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_quarter_figure_region_code_region')),
    sa.PrimaryKeyConstraint('region_code', 'scheme_key', 'quarter', name=op.f('pk_quarter_figure'))
    )
    op.create_table('register_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.Column('uploaded_at', review.types.UtcDateTime(), nullable=False),
    sa.Column('confirmed_at', review.types.UtcDateTime(), nullable=True),
    sa.Column('file_digest', sa.String(length=64), nullable=False),
    sa.Column('status', sa.Enum('previewed', 'confirmed', 'discarded', name='importstatus', native_enum=False, length=40), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('staged', sa.LargeBinary(), nullable=True),
    sa.Column('rejects', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_register_import_region_code_region')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user.id'], name=op.f('fk_register_import_uploaded_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_import'))
    )
    op.create_table('round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('window_from', sa.Date(), nullable=False),
    sa.Column('window_to', sa.Date(), nullable=False),
    sa.Column('scheme_key', sa.String(), nullable=False),
    sa.Column('marks_per_case', sa.Integer(), nullable=False),
    sa.Column('threshold', review.types.ExactDecimal(), nullable=False),
    sa.Column('conflict_level', sa.Enum('province', 'city', 'county', name='regionlevel', native_enum=False, length=40), nullable=False),
    sa.Column('marking_due_on', sa.Date(), nullable=False),
    sa.Column('status', sa.Enum('draft', 'frozen', 'drawn', 'marking', 'published', name='roundstatus', native_enum=False, length=40), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('frame_size', sa.Integer(), nullable=True),
    sa.Column('frame_digest', sa.String(length=64), nullable=True),
    sa.Column('frozen_at', review.types.UtcDateTime(), nullable=True),
    sa.Column('published_at', review.types.UtcDateTime(), nullable=True),
    sa.CheckConstraint('marks_per_case BETWEEN 1 AND 3', name=op.f('ck_round_marks_per_case')),
    sa.CheckConstraint('window_from <= window_to', name=op.f('ck_round_window_in_order')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_round_created_by_id_user')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_round_region_code_region')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_round'))
    )
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_round_region_code'), ['region_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_round_status'), ['status'], unique=False)

    op.create_table('draw',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('seed', sa.String(), nullable=False),
    sa.Column('seed_source', sa.String(), nullable=False),
    sa.Column('allocation', sa.Enum('proportional', 'equal', name='allocation', native_enum=False, length=40), nullable=False),
    sa.Column('design', sa.JSON(), nullable=False),
    sa.Column('sample_size', sa.Integer(), nullable=False),
    sa.Column('drawn_by_id', sa.Integer(), nullable=False),
    sa.Column('drawn_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['drawn_by_id'], ['user.id'], name=op.f('fk_draw_drawn_by_id_user')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_draw_round_id_round')),
    sa.PrimaryKeyConstraint('round_id', name=op.f('pk_draw'))
    )
    op.create_table('handler',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('licence_number', sa.String(), nullable=True),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('handler_type', sa.Enum('agency_staff', 'lawyer', 'grassroots', 'social_organisation', 'volunteer', name='handlertype', native_enum=False, length=40), nullable=True),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_handler_provider_id_provider')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handler')),
    sa.UniqueConstraint('licence_number', name=op.f('uq_handler_licence_number'))
    )
    with op.batch_alter_table('handler', schema=None) as batch_op:
        batch_op.create_index('ix_handler_provider_name', ['provider_id', 'name'], unique=False)

    op.create_table('panel_member',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_panel_member_round_id_round')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_panel_member_user_id_user')),
    sa.PrimaryKeyConstraint('round_id', 'user_id', name=op.f('pk_panel_member'))
    )
    op.create_table('reviewer_profile',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=True),
    sa.Column('licence_number', sa.String(), nullable=True),
    sa.Column('practising_since', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_reviewer_profile_provider_id_provider')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_reviewer_profile_region_code_region')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_reviewer_profile_user_id_user')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_reviewer_profile')),
    sa.UniqueConstraint('licence_number', name=op.f('uq_reviewer_profile_licence_number'))
    )
    op.create_table('round_figure',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('cases', sa.Integer(), nullable=False),
    sa.Column('population', sa.Integer(), nullable=False),
    sa.Column('mean', sa.Float(), nullable=False),
    sa.Column('standard_error', sa.Float(), nullable=True),
    sa.Column('degrees', sa.Integer(), nullable=False),
    sa.Column('lower', sa.Float(), nullable=True),
    sa.Column('upper', sa.Float(), nullable=True),
    sa.Column('excellent', sa.Integer(), nullable=False),
    sa.Column('good', sa.Integer(), nullable=False),
    sa.Column('passed', sa.Integer(), nullable=False),
    sa.Column('failed', sa.Integer(), nullable=False),
    sa.Column('good_share', sa.Float(), nullable=False),
    sa.Column('good_share_lower', sa.Float(), nullable=False),
    sa.Column('good_share_upper', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_round_figure_region_code_region')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_round_figure_round_id_round')),
    sa.PrimaryKeyConstraint('round_id', 'region_code', name=op.f('pk_round_figure'))
    )
    with op.batch_alter_table('round_figure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_round_figure_region_code'), ['region_code'], unique=False)

    op.create_table('round_rubric',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('civil_first', 'civil_second', 'labour_arbitration', 'non_litigation', 'administrative', 'criminal_investigation', 'criminal_prosecution', 'criminal_trial', 'victim', 'duty_lawyer', name='casekind', native_enum=False, length=40), nullable=False),
    sa.Column('rubric_key', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_round_rubric_round_id_round')),
    sa.PrimaryKeyConstraint('round_id', 'kind', name=op.f('pk_round_rubric'))
    )
    op.create_table('stratum',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('population', sa.Integer(), nullable=False),
    sa.Column('sample_size', sa.Integer(), nullable=False),
    sa.CheckConstraint('sample_size BETWEEN 0 AND population', name=op.f('ck_stratum_sample_within_stratum')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_stratum_round_id_round')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stratum')),
    sa.UniqueConstraint('round_id', 'label', name=op.f('uq_stratum_round_id_label'))
    )
    op.create_table('case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_number', sa.String(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('handler_id', sa.Integer(), nullable=False),
    sa.Column('import_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('civil_first', 'civil_second', 'labour_arbitration', 'non_litigation', 'administrative', 'criminal_investigation', 'criminal_prosecution', 'criminal_trial', 'victim', 'duty_lawyer', name='casekind', native_enum=False, length=40), nullable=False),
    sa.Column('case_type', sa.Enum('criminal', 'civil', 'administrative', name='casetype', native_enum=False, length=40), nullable=False),
    sa.Column('aid_method', sa.Enum('criminal_defence', 'victim_representation', 'civil_litigation', 'administrative_litigation', 'labour_arbitration', 'non_litigation', 'duty_lawyer', name='aidmethod', native_enum=False, length=40), nullable=False),
    sa.Column('source', sa.Enum('application', 'notice', 'request', 'transfer', name='aidsource', native_enum=False, length=40), nullable=True),
    sa.Column('stage', sa.Enum('investigation', 'prosecution', 'trial', name='stage', native_enum=False, length=40), nullable=True),
    sa.Column('instance', sa.Enum('first', 'second', 'retrial', name='instance', native_enum=False, length=40), nullable=True),
    sa.Column('cause', sa.String(), nullable=True),
    sa.Column('recipient_name', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_digest', sa.String(length=64), nullable=True),
    sa.Column('phone_digest', sa.String(length=64), nullable=True),
    sa.Column('recipient_categories', sa.JSON(), nullable=False),
    sa.Column('accepted_on', sa.Date(), nullable=True),
    sa.Column('assigned_on', sa.Date(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=False),
    sa.Column('archived_on', sa.Date(), nullable=True),
    sa.Column('outcome', sa.Enum('adopted', 'partly_adopted', 'not_adopted', 'won', 'lost', 'mediated', 'withdrawn', 'settled', 'arbitrated', 'terminated', name='outcome', native_enum=False, length=40), nullable=True),
    sa.Column('recovered_amount', review.types.ExactDecimal(), nullable=True),
    sa.Column('subsidy_amount', review.types.ExactDecimal(), nullable=True),
    sa.Column('subsidy_paid_on', sa.Date(), nullable=True),
    sa.Column('dossier_pages', sa.Integer(), nullable=True),
    sa.Column('content_digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_case_agency_id_agency')),
    sa.ForeignKeyConstraint(['handler_id'], ['handler.id'], name=op.f('fk_case_handler_id_handler')),
    sa.ForeignKeyConstraint(['import_id'], ['register_import.id'], name=op.f('fk_case_import_id_register_import')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_case_provider_id_provider')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_case_region_code_region')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case')),
    sa.UniqueConstraint('case_number', name=op.f('uq_case_case_number'))
    )
    with op.batch_alter_table('case', schema=None) as batch_op:
        batch_op.create_index('ix_case_closed', ['closed_on', 'id', 'region_code', 'kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_handler_id'), ['handler_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_import_id'), ['import_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_provider_id'), ['provider_id'], unique=False)
        batch_op.create_index('ix_case_region_closed', ['region_code', 'closed_on', 'id'], unique=False)

    op.create_table('handler_figure',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('handler_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('cases', sa.Integer(), nullable=False),
    sa.Column('adjusted_mean', sa.Float(), nullable=False),
    sa.Column('expected', sa.Float(), nullable=False),
    sa.Column('z', sa.Float(), nullable=False),
    sa.Column('line', sa.Float(), nullable=False),
    sa.Column('detectable', sa.Float(), nullable=False),
    sa.Column('is_judged', sa.Boolean(), nullable=False),
    sa.Column('is_flagged', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['handler_id'], ['handler.id'], name=op.f('fk_handler_figure_handler_id_handler')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_handler_figure_region_code_region')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_handler_figure_round_id_round')),
    sa.PrimaryKeyConstraint('round_id', 'handler_id', name=op.f('pk_handler_figure'))
    )
    with op.batch_alter_table('handler_figure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handler_figure_handler_id'), ['handler_id'], unique=False)
        batch_op.create_index('ix_handler_figure_region', ['round_id', 'region_code'], unique=False)

    op.create_table('invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('role', sa.Enum('organiser', 'reviewer', 'chief', 'handler', 'auditor', 'administrator', name='role', native_enum=False, length=40), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('handler_id', sa.Integer(), nullable=True),
    sa.Column('licence_number', sa.String(), nullable=True),
    sa.Column('provider_id', sa.Integer(), nullable=True),
    sa.Column('practising_since', sa.Date(), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('invited_by_id', sa.Integer(), nullable=True),
    sa.Column('expires_at', review.types.UtcDateTime(), nullable=False),
    sa.Column('accepted_at', review.types.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['handler_id'], ['handler.id'], name=op.f('fk_invitation_handler_id_handler')),
    sa.ForeignKeyConstraint(['invited_by_id'], ['user.id'], name=op.f('fk_invitation_invited_by_id_user')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_invitation_provider_id_provider')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_invitation_region_code_region')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_invitation_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_invitation_token_digest'))
    )
    op.create_table('membership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('organiser', 'reviewer', 'chief', 'handler', 'auditor', 'administrator', name='role', native_enum=False, length=40), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('handler_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(role = 'handler') = (handler_id IS NOT NULL)", name=op.f('ck_membership_handler_is_tied')),
    sa.ForeignKeyConstraint(['handler_id'], ['handler.id'], name=op.f('fk_membership_handler_id_handler')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_membership_region_code_region')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_membership_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership')),
    sa.UniqueConstraint('user_id', 'role', 'region_code', name=op.f('uq_membership_user_id_role_region_code'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_handler_id'), ['handler_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_membership_user_id'), ['user_id'], unique=False)

    op.create_table('frame_case',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('stratum_id', sa.Integer(), nullable=False),
    sa.Column('canonical_number', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_frame_case_case_id_case')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_frame_case_round_id_round')),
    sa.ForeignKeyConstraint(['stratum_id'], ['stratum.id'], name=op.f('fk_frame_case_stratum_id_stratum')),
    sa.PrimaryKeyConstraint('round_id', 'case_id', name=op.f('pk_frame_case'))
    )
    with op.batch_alter_table('frame_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_frame_case_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_frame_case_stratum_id'), ['stratum_id'], unique=False)

    op.create_table('login_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('started_at', review.types.UtcDateTime(), nullable=False),
    sa.Column('seen_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_login_session_membership_id_membership')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_login_session_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_session')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_login_session_token_digest'))
    )
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_session_user_id'), ['user_id'], unique=False)

    op.create_table('sampled_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('stratum_id', sa.Integer(), nullable=False),
    sa.Column('ticket', sa.String(length=64), nullable=False),
    sa.Column('inclusion_probability', sa.Float(), nullable=False),
    sa.Column('rubric_key', sa.String(), nullable=False),
    sa.Column('status', sa.Enum('marking', 'third_mark', 'panel', 'settled', name='sampledcasestatus', native_enum=False, length=40), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_sampled_case_case_id_case')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_sampled_case_round_id_round')),
    sa.ForeignKeyConstraint(['stratum_id'], ['stratum.id'], name=op.f('fk_sampled_case_stratum_id_stratum')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sampled_case')),
    sa.UniqueConstraint('round_id', 'case_id', name=op.f('uq_sampled_case_round_id_case_id'))
    )
    with op.batch_alter_table('sampled_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sampled_case_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sampled_case_round_id'), ['round_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sampled_case_stratum_id'), ['stratum_id'], unique=False)

    op.create_table('assignment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.Column('sampled_case_id', sa.Integer(), nullable=False),
    sa.Column('reviewer_id', sa.Integer(), nullable=False),
    sa.Column('alias', sa.String(length=12), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('assigned_at', review.types.UtcDateTime(), nullable=False),
    sa.Column('status', sa.Enum('reserve', 'open', 'draft', 'submitted', 'returned', name='assignmentstatus', native_enum=False, length=40), nullable=False),
    sa.ForeignKeyConstraint(['reviewer_id'], ['user.id'], name=op.f('fk_assignment_reviewer_id_user')),
    sa.ForeignKeyConstraint(['sampled_case_id'], ['sampled_case.id'], name=op.f('fk_assignment_sampled_case_id_sampled_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment')),
    sa.UniqueConstraint('alias', name=op.f('uq_assignment_alias')),
    sa.UniqueConstraint('public_id', name=op.f('uq_assignment_public_id')),
    sa.UniqueConstraint('sampled_case_id', 'reviewer_id', name=op.f('uq_assignment_sampled_case_id_reviewer_id'))
    )
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignment_reviewer_id'), ['reviewer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_assignment_sampled_case_id'), ['sampled_case_id'], unique=False)

    op.create_table('result',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=22), nullable=False),
    sa.Column('sampled_case_id', sa.Integer(), nullable=False),
    sa.Column('total', review.types.ExactDecimal(), nullable=False),
    sa.Column('grade', sa.Enum('excellent', 'good', 'pass', 'fail', name='grade', native_enum=False, length=40), nullable=False),
    sa.Column('settled_by', sa.Enum('single_mark', 'mean', 'closest_two', 'panel', name='settledby', native_enum=False, length=40), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('settled_at', review.types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user.id'], name=op.f('fk_result_decided_by_id_user')),
    sa.ForeignKeyConstraint(['sampled_case_id'], ['sampled_case.id'], name=op.f('fk_result_sampled_case_id_sampled_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_result')),
    sa.UniqueConstraint('public_id', name=op.f('uq_result_public_id')),
    sa.UniqueConstraint('sampled_case_id', name=op.f('uq_result_sampled_case_id'))
    )
    op.create_table('review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('rubric_key', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('comment', sa.String(), nullable=False),
    sa.Column('total', review.types.ExactDecimal(), nullable=True),
    sa.Column('started_at', review.types.UtcDateTime(), nullable=False),
    sa.Column('saved_at', review.types.UtcDateTime(), nullable=False),
    sa.Column('submitted_at', review.types.UtcDateTime(), nullable=True),
    sa.CheckConstraint('(total IS NULL) = (submitted_at IS NULL)', name=op.f('ck_review_total_at_submission')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_review_assignment_id_assignment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review')),
    sa.UniqueConstraint('assignment_id', name=op.f('uq_review_assignment_id'))
    )
    op.create_table('mark',
    sa.Column('review_id', sa.Integer(), nullable=False),
    sa.Column('criterion_code', sa.String(), nullable=False),
    sa.Column('points', review.types.ExactDecimal(), nullable=True),
    sa.Column('not_applicable', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.CheckConstraint('NOT (not_applicable AND points IS NOT NULL)', name=op.f('ck_mark_points_or_na')),
    sa.ForeignKeyConstraint(['review_id'], ['review.id'], name=op.f('fk_mark_review_id_review')),
    sa.PrimaryKeyConstraint('review_id', 'criterion_code', name=op.f('pk_mark'))
    )


def downgrade():
    op.drop_table('mark')
    op.drop_table('review')
    op.drop_table('result')
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_assignment_sampled_case_id'))
        batch_op.drop_index(batch_op.f('ix_assignment_reviewer_id'))

    op.drop_table('assignment')
    with op.batch_alter_table('sampled_case', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sampled_case_stratum_id'))
        batch_op.drop_index(batch_op.f('ix_sampled_case_round_id'))
        batch_op.drop_index(batch_op.f('ix_sampled_case_case_id'))

    op.drop_table('sampled_case')
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_login_session_user_id'))

    op.drop_table('login_session')
    with op.batch_alter_table('frame_case', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_frame_case_stratum_id'))
        batch_op.drop_index(batch_op.f('ix_frame_case_case_id'))

    op.drop_table('frame_case')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_membership_user_id'))
        batch_op.drop_index(batch_op.f('ix_membership_handler_id'))

    op.drop_table('membership')
    op.drop_table('invitation')
    with op.batch_alter_table('handler_figure', schema=None) as batch_op:
        batch_op.drop_index('ix_handler_figure_region')
        batch_op.drop_index(batch_op.f('ix_handler_figure_handler_id'))

    op.drop_table('handler_figure')
    with op.batch_alter_table('case', schema=None) as batch_op:
        batch_op.drop_index('ix_case_region_closed')
        batch_op.drop_index(batch_op.f('ix_case_provider_id'))
        batch_op.drop_index(batch_op.f('ix_case_import_id'))
        batch_op.drop_index(batch_op.f('ix_case_handler_id'))
        batch_op.drop_index('ix_case_closed')

    op.drop_table('case')
    op.drop_table('stratum')
    op.drop_table('round_rubric')
    with op.batch_alter_table('round_figure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_round_figure_region_code'))

    op.drop_table('round_figure')
    op.drop_table('reviewer_profile')
    op.drop_table('panel_member')
    with op.batch_alter_table('handler', schema=None) as batch_op:
        batch_op.drop_index('ix_handler_provider_name')

    op.drop_table('handler')
    op.drop_table('draw')
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_round_status'))
        batch_op.drop_index(batch_op.f('ix_round_region_code'))

    op.drop_table('round')
    op.drop_table('register_import')
    op.drop_table('quarter_figure')
    op.drop_table('provider')
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_event_object')
        batch_op.drop_index(batch_op.f('ix_audit_event_at'))
        batch_op.drop_index(batch_op.f('ix_audit_event_actor_id'))
        batch_op.drop_index(batch_op.f('ix_audit_event_action'))

    op.drop_table('audit_event')
    with op.batch_alter_table('agency', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_agency_region_code'))

    op.drop_table('agency')
    op.drop_table('user')
    with op.batch_alter_table('region', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_region_parent_code'))

    op.drop_table('region')
    with op.batch_alter_table('login_failure', schema=None) as batch_op:
        batch_op.drop_index('ix_login_failure_network')
        batch_op.drop_index('ix_login_failure_account')

    op.drop_table('login_failure')
