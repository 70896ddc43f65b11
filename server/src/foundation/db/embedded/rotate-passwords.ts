/**
 * New passwords of the embedded database's roles. They are written down first and take effect when the server starts the
 * next time: a server that runs keeps its own, and a start that is interrupted anywhere is finished by the one after it.
 */
import { realpath } from 'node:fs/promises';
import { Client, DatabaseError } from 'pg';
import {
  newPasswords,
  passwordsFile,
  readPasswords,
  writePasswords,
  type Passwords,
  type StoredPasswords,
} from './cluster.ts';

/** Asked for twice before a start, it is one change. */
export async function orderNewPasswords(folder: string): Promise<void> {
  const file = passwordsFile(await realpath(folder));
  const stored = await readPasswords(file);
  if (!stored?.clusterMade)
    throw new Error(`${folder} has no embedded database whose passwords could change`);
  if (!stored.next) await writePasswords(file, { ...stored, next: newPasswords() });
}

/** Called by a start once PostgreSQL takes connections, before anyone has the passwords from it. */
export async function takeUpNextPasswords(
  dataFolder: string,
  stored: StoredPasswords,
  roles: { readonly superuserUrl: string; readonly ownerName: string; readonly loginName: string },
): Promise<Passwords> {
  if (!stored.next) return stored;
  await setPasswords(stored.next, roles);
  await writePasswords(passwordsFile(dataFolder), { ...stored.next, clusterMade: true });
  return stored.next;
}

async function setPasswords(
  next: Passwords,
  { superuserUrl, ownerName, loginName }: Parameters<typeof takeUpNextPasswords>[2],
): Promise<void> {
  const client = new Client({ connectionString: superuserUrl, application_name: 'lienthong/roles' });
  try {
    await client.connect();
    const changes = [
      ['postgres', next.superuser],
      [ownerName, next.owner],
      [loginName, next.login],
    ] as const;
    // Several statements in one message are one transaction: all roles change or none.
    await client.query(
      changes
        .map(
          ([role, word]) =>
            `alter role ${client.escapeIdentifier(role)} password ${client.escapeLiteral(word)}`,
        )
        .join(';'),
    );
  } catch (error) {
    // A start that was interrupted had changed them already, and its file still has the former ones: so it is, unless
    // the new one does not open either.
    if (!isWrongPassword(error)) throw error;
    await assertOpens(superuserUrl, next.superuser);
  } finally {
    await client.end();
  }
}

async function assertOpens(url: string, password: string): Promise<void> {
  const tried = new URL(url);
  tried.password = password;
  const client = new Client({ connectionString: tried.href, application_name: 'lienthong/roles' });
  try {
    await client.connect();
  } finally {
    await client.end();
  }
}

export function isWrongPassword(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '28P01';
}
