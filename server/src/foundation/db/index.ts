export { connect } from './database.ts';
export type { Database, DatabaseOptions } from './database.ts';
export { inTransaction } from './transaction.ts';
export type { Transaction, TransactionOptions } from './transaction.ts';
export { migrate } from './migrate.ts';
export type { MigrationSource } from './migrate.ts';
