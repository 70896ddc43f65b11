/**
 * Makes the server's login a member of the roles that it acts as. After migration, because the first migration
 * creates the roles; by the owner, who may grant what it created. Where a database administrator created and granted
 * them beforehand there is nothing left to do.
 */
import { Client } from 'pg';

const roles = ['lt_app', 'lt_ingest', 'lt_sequencer'];

export async function grantRoles(ownerUrl: string, loginName: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'lienthong/grant-roles' });
  await client.connect();
  try {
    // Since PostgreSQL 16 the creator of a role is its member without the right to act as it; before, a member may.
    const version = await client.query<{ hasSetOption: boolean }>(
      `select current_setting('server_version_num')::int >= 160000 as "hasSetOption"`,
    );
    const privilege = version.rows[0]!.hasSetOption ? 'set' : 'member';
    const missing = await client.query<{ role: string }>(
      `select role from unnest($1::text[]) as role where not pg_has_role($2::name, role, $3)`,
      [roles, loginName, privilege],
    );
    for (const { role } of missing.rows) {
      await client.query(`grant ${client.escapeIdentifier(role)} to ${client.escapeIdentifier(loginName)}`);
    }
  } catch (error) {
    const statements = roles.map((role) => `grant ${role} to "${loginName}"`).join('; ');
    throw new Error(`the owner may not grant the roles; as database administrator run: ${statements}`, {
      cause: error,
    });
  } finally {
    await client.end();
  }
}
