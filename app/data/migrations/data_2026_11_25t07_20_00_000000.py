"""Indexes for every list, unique rules that hold on both engines, and the log that only grows."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-25T07:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes, unique rules and the append-only log"

INDEXES = """
CREATE INDEX staff_team ON staff (team)
CREATE INDEX client_programme ON client (programme, closed_at)
CREATE INDEX care_team_client ON care_team (client, staff)
CREATE INDEX care_team_staff ON care_team (staff, ends_at, client)
CREATE INDEX task_client_state ON task (client, state, due)
CREATE INDEX task_owner_state ON task (owner, state, due)
CREATE INDEX contact_client_dated ON contact (client, dated)
CREATE INDEX relationship_person ON relationship (person, client)
CREATE INDEX relationship_client ON relationship (client, person)
CREATE INDEX authority_relationship ON authority (relationship)
CREATE INDEX consent_client ON consent (client, version)
CREATE INDEX consent_grant_client ON consent_grant (client, grantee)
CREATE INDEX consent_grant_grantee ON consent_grant (grantee, client)
CREATE UNIQUE INDEX item_denial_one ON item_denial (item, person)
CREATE INDEX block_client ON block (client, person)
CREATE INDEX block_person ON block (person, client)
CREATE INDEX break_glass_client ON break_glass (client, staff, ends_at)
CREATE INDEX break_glass_staff ON break_glass (staff, reviewed_at)
CREATE INDEX supervision_reason_client ON supervision_reason (client, staff, ends_at)
CREATE INDEX capacity_note_client ON capacity_note (client, area, assessed_at)
CREATE INDEX goal_client ON goal (client, lifecycle, position)
CREATE INDEX step_goal ON step (goal, position)
CREATE INDEX step_open ON step (client, due) WHERE done_at IS NULL
CREATE INDEX comment_goal ON comment (goal, dated)
CREATE UNIQUE INDEX comment_once ON comment (author, form_id) WHERE form_id IS NOT NULL
CREATE INDEX appointment_client ON appointment (client, starts_at)
CREATE INDEX appointment_staff ON appointment (staff, starts_at)
CREATE UNIQUE INDEX appointment_once ON appointment (author, form_id) WHERE form_id IS NOT NULL
CREATE INDEX crisis_plan_client ON crisis_plan (client, number)
CREATE UNIQUE INDEX crisis_plan_active ON crisis_plan (client) WHERE state = 'active'
CREATE UNIQUE INDEX crisis_plan_draft ON crisis_plan (client) WHERE state = 'draft'
CREATE INDEX crisis_entry_plan ON crisis_entry (plan, section, position)
CREATE INDEX thread_client ON thread (client, last_at)
CREATE INDEX thread_waiting ON thread (waiting_since) WHERE waiting_since IS NOT NULL
CREATE UNIQUE INDEX thread_member_one ON thread_member (thread, person)
CREATE INDEX thread_member_person ON thread_member (person, thread)
CREATE INDEX message_thread ON message (thread, dated)
CREATE UNIQUE INDEX message_once ON message (author, form_id) WHERE form_id IS NOT NULL
CREATE UNIQUE INDEX saved_resource_one ON saved_resource (client, service)
CREATE UNIQUE INDEX organization_source ON organization (directory, source_id)
CREATE UNIQUE INDEX service_source ON service (directory, source_id)
CREATE INDEX service_organization ON service (organization)
CREATE UNIQUE INDEX location_source ON location (directory, source_id)
CREATE UNIQUE INDEX service_at_location_one ON service_at_location (service, location)
CREATE INDEX service_at_location_location ON service_at_location (location)
CREATE UNIQUE INDEX phone_source ON phone (directory, source_id)
CREATE INDEX phone_service ON phone (service)
CREATE INDEX phone_location ON phone (location)
CREATE INDEX phone_organization ON phone (organization)
CREATE UNIQUE INDEX schedule_source ON schedule (directory, source_id)
CREATE INDEX schedule_service ON schedule (service)
CREATE INDEX schedule_location ON schedule (location)
CREATE INDEX resource_report_open ON resource_report (service) WHERE resolved_at IS NULL
CREATE INDEX access_event_client ON access_event (client, at)
CREATE INDEX access_event_actor ON access_event (actor, at)
CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL
CREATE INDEX attempt_scope_at ON attempt (scope, at)
CREATE INDEX ceremony_browser ON ceremony (browser, purpose)
CREATE INDEX session_expires ON session (expires_at)
""".strip().splitlines()

LITE = [
    f"CREATE TRIGGER access_event_no_{act} BEFORE {act} ON access_event BEGIN "
    "SELECT RAISE(ABORT, 'the log only grows'); END"
    for act in ("update", "delete")
]
POSTGRES = [
    "CREATE FUNCTION access_event_grows() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the log only grows'; END $$",
    "CREATE TRIGGER access_event_no_change BEFORE UPDATE OR DELETE ON access_event "
    "FOR EACH ROW EXECUTE FUNCTION access_event_grows()",
]


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="data", description=DESCRIPTION)

    async def run():
        engine = engine_finder()
        for sql in INDEXES + (POSTGRES if engine.engine_type == "postgres" else LITE):
            await engine.run_ddl(sql)

    manager.add_raw(run)
    return manager
