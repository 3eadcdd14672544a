import type { DatabaseSync, StatementSync } from "node:sqlite";

const known = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/** A statement prepared once per connection: parsing costs as much as running it. */
export function prepared(db: DatabaseSync, sql: string): StatementSync {
  const ofConnection = known.get(db) ?? new Map<string, StatementSync>();
  known.set(db, ofConnection);
  const found = ofConnection.get(sql);
  if (found !== undefined) return found;
  const statement = db.prepare(sql);
  ofConnection.set(sql, statement);
  return statement;
}
