"""The audit log as a chain that only grows

Revision: 0021, after 0020.
"""

import hashlib
import json

from alembic import op
import sqlalchemy as sa

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

TABLES = ('audit_event', 'audit_link')
ONLY_GROWS = 'the audit log only grows'
START = '0' * 64
EVENTS = sa.table(
    'audit_event',
    *(sa.column(name) for name in ('id', 'actor_id', 'role', 'region_code', 'action', 'object_type', 'object_id')),
    sa.column('at', sa.DateTime()),
    sa.column('details', sa.JSON()),
)
BEFORE, AFTER = ('actor_id', 'role', 'region_code'), ('action', 'object_type', 'object_id', 'details')


def upgrade():
    link = op.create_table(
        'audit_link',
        sa.Column('sequence', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('link', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['event_id'], ['audit_event.id'], name=op.f('fk_audit_link_event_id_audit_event')),
        sa.PrimaryKeyConstraint('sequence', name=op.f('pk_audit_link')),
        sa.UniqueConstraint('event_id', name=op.f('uq_audit_link_event_id')),
    )
    previous, rows = START, []
    for sequence, event in enumerate(op.get_bind().execute(sa.select(EVENTS).order_by(EVENTS.c.id)).all(), start=1):
        previous = _link(previous, sequence, event)
        rows.append({'sequence': sequence, 'event_id': event.id, 'link': previous})
    op.bulk_insert(link, rows)
    for statement in _guards():
        op.get_bind().exec_driver_sql(statement)


def downgrade():
    if op.get_bind().dialect.name == 'postgresql':
        op.drop_table('audit_link')
        op.execute('DROP TRIGGER audit_event_only_grows ON audit_event')
        op.execute('DROP FUNCTION audit_only_grows()')
    else:
        op.execute('DROP TRIGGER audit_event_update')
        op.execute('DROP TRIGGER audit_event_delete')
        op.drop_table('audit_link')


def _link(previous, sequence, event):
    row = event._mapping
    content = [previous, sequence, row['id'], row['at'].isoformat() + '+00:00']
    content += [row[name] for name in (*BEFORE, *AFTER)]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(',', ':'))
    return hashlib.sha256(text.encode()).hexdigest()


def _guards():
    if op.get_bind().dialect.name == 'sqlite':
        return [
            f'CREATE TRIGGER {table}_{what.lower()} BEFORE {what} ON {table} '
            f"BEGIN SELECT RAISE(ABORT, '{ONLY_GROWS}'); END"
            for table in TABLES
            for what in ('UPDATE', 'DELETE')
        ]
    return [
        'CREATE OR REPLACE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql '
        f"AS $$ BEGIN RAISE EXCEPTION '{ONLY_GROWS}'; END $$",
        *(
            f'CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} '
            'FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()'
            for table in TABLES
        ),
    ]
