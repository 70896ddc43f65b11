/**
 * The database, its owner (migrations) and the login of the server. Neither is a superuser. Run at every start, so
 * that a first start that was interrupted here is finished by the next one.
 */
import { Client } from 'pg';
import { isOutage } from '../outage.ts';
import { isWrongPassword } from './rotate-passwords.ts';

export interface Logins {
  readonly database: string;
  readonly owner: { readonly name: string; readonly password: string };
  readonly login: { readonly name: string; readonly password: string };
}

/** Whether PostgreSQL lets anyone in yet: while it starts, recovers or stops it does not. */
export async function takesConnections(superuserUrl: string): Promise<boolean> {
  const client = new Client({ connectionString: superuserUrl, application_name: 'lienthong/roles' });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (isOutage(error)) return false;
    // It answered; that the password is another one by now is for those to say who need it.
    if (isWrongPassword(error)) return true;
    throw error;
  } finally {
    await client.end();
  }
}

export async function ensureDatabase(
  superuserUrl: string,
  { database, owner, login }: Logins,
): Promise<void> {
  const client = new Client({ connectionString: superuserUrl, application_name: 'lienthong/roles' });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(`
      select rolname as name from pg_roles
      union all
      select 'database ' || datname from pg_database`);
    const existing = new Set(rows.map((row) => row.name));
    const create = async (name: string, statement: string): Promise<void> => {
      if (!existing.has(name)) await client.query(statement);
    };
    const quoted = (text: string): string => client.escapeIdentifier(text);
    const password = (text: string): string => client.escapeLiteral(text);
    await create(
      owner.name,
      `create role ${quoted(owner.name)} login createrole password ${password(owner.password)}`,
    );
    await create(
      login.name,
      `create role ${quoted(login.name)} login noinherit password ${password(login.password)}`,
    );
    await create(`database ${database}`, `create database ${quoted(database)} owner ${quoted(owner.name)}`);
  } finally {
    await client.end();
  }
}
