"""Who may do what in the database, compared with the reviewed file grants.txt beside this one."""

import difflib
from pathlib import Path

import psycopg2
import pytest

from harness import paths, template

REVIEWED = Path(__file__).with_name("grants.txt")
SCHEMAS = ("intake", "payment", "fulfillment")
# Everybody but the owner of the tables.
ROLES = ("intake_rw", "payment_rw", "fulfillment_rw", "fsft_readonly")

# One row per role and table, schema, or function that runs with its owner's rights. A privilege on
# some columns names them. Partitions are left out: nobody may touch them but through their table,
# which a test of its own checks.
GRANTS = """
WITH roles AS (SELECT unnest(%(roles)s) AS role),
tables AS (
    SELECT c.oid, n.nspname || '.' || c.relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY(%(schemas)s) AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
      AND NOT c.relispartition),
on_tables AS (
    SELECT role, name, verb FROM roles, tables,
        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
            WITH ORDINALITY AS verbs(verb, place)
    WHERE has_table_privilege(role, oid, verb)),
on_columns AS (
    SELECT role, name, verb || '(' || string_agg(attname, ',' ORDER BY attname) || ')'
    FROM roles, tables JOIN pg_attribute a ON a.attrelid = oid AND attnum > 0 AND NOT attisdropped,
        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS verb
    WHERE has_column_privilege(role, oid, attnum, verb) AND NOT has_table_privilege(role, oid, verb)
    GROUP BY role, name, verb),
on_schemas AS (
    SELECT role, 'schema ' || nspname, verb FROM roles, pg_namespace,
        unnest(ARRAY['USAGE', 'CREATE']) AS verb
    WHERE nspname = ANY(%(schemas)s || ARRAY['public']) AND has_schema_privilege(role, oid, verb)),
on_functions AS (
    SELECT role, 'function ' || n.nspname || '.' || p.proname, 'EXECUTE'
    FROM roles, pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = ANY(%(schemas)s) AND prosecdef
      AND has_function_privilege(role, p.oid, 'EXECUTE')),
every AS (TABLE on_tables UNION ALL TABLE on_columns UNION ALL TABLE on_schemas
          UNION ALL TABLE on_functions)
SELECT role || ' | ' || name || ' | ' || string_agg(verb, ' ' ORDER BY verb)
FROM every GROUP BY role, name ORDER BY role, name
"""

NUMBERS = "SELECT name, value FROM payment.server_numbers()"


def tables_of(cluster, schema: str) -> list:
    """The tables of a schema, without the partitions, which a test of its own looks at."""
    return [name for (name,) in cluster.query(
        "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = %s::regnamespace "
        "AND relkind IN ('r', 'p') AND NOT relispartition", schema, database=template.DATABASE)]


def column_of(cluster, table: str) -> str:
    """Any column of the table."""
    return cluster.query("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass "
                         "AND attnum = 1", table, database=template.DATABASE)[0][0]


def refused(cursor, statement: str) -> bool:
    """Is the statement refused for want of the privilege (and not for another reason)?"""
    try:
        cursor.execute(statement)
    except psycopg2.errors.InsufficientPrivilege:
        return True
    except psycopg2.Error:
        return False
    return False


def test_grants_are_the_reviewed_ones(cluster):
    with cluster.session() as cursor:
        cursor.execute(GRANTS, {"roles": list(ROLES), "schemas": list(SCHEMAS)})
        found = [f"{line}\n" for (line,) in cursor.fetchall()]
    reviewed = [line for line in REVIEWED.read_text(encoding="utf-8").splitlines(keepends=True)
                if not line.startswith("#")]
    (paths.preset_dir() / "grants.txt").write_text("".join(found), encoding="utf-8")
    difference = difflib.unified_diff(reviewed, found, "reviewed", "database", n=0)
    assert found == reviewed, "".join(difference)


@pytest.mark.parametrize("role", [role for role in ROLES if role.endswith("_rw")])
def test_services_are_refused_on_tables_of_others(cluster, role):
    foreign = [schema for schema in SCHEMAS if schema != role.removesuffix("_rw")]
    with cluster.session(role) as cursor:
        for name in [name for schema in foreign for name in tables_of(cluster, schema)]:
            for statement in (f"SELECT FROM {name}", f"INSERT INTO {name} DEFAULT VALUES",
                              f"UPDATE {name} SET {column_of(cluster, name)} = NULL",
                              f"DELETE FROM {name}", f"TRUNCATE {name}"):
                assert refused(cursor, statement), statement


@pytest.mark.parametrize("role", ROLES)
def test_nobody_but_the_owner_changes_an_audit_log(cluster, role):
    with cluster.session(role) as cursor:
        # The readers' role is read-only by default; that any session may change, so it is no guard.
        cursor.execute("SET default_transaction_read_only = off")
        for name in [f"{schema}.audit_log" for schema in SCHEMAS]:
            for statement in (f"UPDATE {name} SET {column_of(cluster, name)} = NULL",
                              f"DELETE FROM {name}", f"TRUNCATE {name}"):
                assert refused(cursor, statement), statement


def test_partitions_are_reached_only_through_their_table(cluster):
    found = cluster.query(
        "SELECT relname, grantee.rolname FROM pg_class, aclexplode(relacl) acl "
        "JOIN pg_roles grantee ON grantee.oid = acl.grantee "
        "WHERE relispartition AND grantee.rolname <> 'fsft_owner'", database=template.DATABASE)
    assert found == []


def test_no_role_is_a_superuser_or_owns_anything_but_the_owner(cluster):
    roles = cluster.query(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND (rolsuper OR rolcreatedb OR "
        "rolcreaterole OR rolreplication OR rolbypassrls)", [*ROLES, "fsft_owner"])
    owners = cluster.query(
        "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class "
        "WHERE relnamespace = ANY(%s::regnamespace[])", list(SCHEMAS), database=template.DATABASE)
    assert (roles, owners) == ([], [("fsft_owner",)])


def test_nobody_but_the_owner_sees_what_others_do_on_the_server(cluster):
    members = cluster.query(
        "SELECT member::regrole::text, roleid::regrole::text FROM pg_auth_members "
        "WHERE member::regrole::text = ANY(%s)", [*ROLES, "fsft_owner"])
    assert members == [("fsft_owner", "pg_read_all_stats")]


def test_payment_sees_the_servers_numbers_and_no_more(cluster):
    """It tells operators of forgotten snapshots, and of all who are connected anywhere."""
    with cluster.session("payment_rw") as cursor, cluster.session("intake_rw") as other, \
            cluster.session(database="postgres"):
        other.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT count(*) FROM intake.request_keys")
        cursor.execute(NUMBERS)
        numbers = dict(cursor.fetchall())
        assert numbers.keys() == {"snapshot", "lock_waiters", "connections", "connections_max"}
        assert numbers["snapshot"] is not None
        assert 3 <= numbers["connections"] < numbers["connections_max"]
        cursor.execute("SELECT query FROM pg_stat_activity WHERE usename = 'intake_rw'")
        assert {query for (query,) in cursor.fetchall()} == {"<insufficient privilege>"}
        assert refused(other, NUMBERS)


def test_the_numbers_are_an_error_and_not_zero_without_the_right_to_see_them(cluster):
    with cluster.session() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("REVOKE pg_read_all_stats FROM fsft_owner")
        cursor.execute("SET LOCAL ROLE payment_rw")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="pg_read_all_stats"):
            cursor.execute(NUMBERS)
        cursor.execute("ROLLBACK")
