import type { StreamDefinition } from "../../domain/records/streams.ts";
import type { Dialect } from "./dialect.ts";

/** The tables a load works with. */
export interface WorkTables {
  /** The versions that raw holds under the keys of the batch. */
  readonly stored: string;
  /** One row per record of the batch. */
  readonly verdict: string;
}

export interface Judging {
  readonly dialect: Dialect;
  readonly stream: StreamDefinition;
  readonly work: WorkTables;
  /** A query of the batch's records, one row each. */
  readonly staged: string;
}

/**
 * What becomes of each record: which revision it is, whether it is the same as what is known, repeats one of this batch, is
 * current afterwards, is the first of its key, or supersedes a stored version. Only keys that come more than once, mostly
 * none, need to be followed in order.
 */
export function verdictQuery(judging: Judging, { hasRepeats }: { readonly hasRepeats: boolean }): string {
  if (!hasRepeats) return judgeAlone(judging);
  const { staged } = judging;
  const repeated = `select business_key from (${staged}) as every_record group by business_key having count(*) > 1`;
  const those = (which: "in" | "not in") => ({
    ...judging,
    staged: `select * from (${staged}) as every_record where business_key ${which} (${repeated})`,
  });
  return `(${judgeAlone(those("not in"))}) union all (${judgeInOrder(those("in"))})`;
}

/** What is known of a record's key, and whether this very version is among the stored ones. */
function knownJoin({ dialect: { types }, stream, work: { stored } }: Judging) {
  const open = `left join ${stored} as open_version on open_version.business_key = staged.business_key and open_version.is_open`;
  const columns = "open_version.row_id, open_version.row_hash as known_hash";
  if (stream.revisedAt === undefined) {
    return {
      columns: `${columns}, open_version.revision as known_revision, cast(null as ${types.instant}) as known_revised_at, false as is_known`,
      joins: open,
    };
  }
  return {
    columns: `${columns}, latest.revision as known_revision, latest.revised_at as known_revised_at, seen.row_hash is not null as is_known`,
    joins: `${open}
        left join (select distinct business_key, row_hash from ${stored}) as seen
            on seen.business_key = staged.business_key and seen.row_hash = staged.row_hash
        left join (
            select business_key, max(revised_at) as revised_at, max(revision) as revision from ${stored} group by business_key
        ) as latest on latest.business_key = staged.business_key`,
  };
}

/** Columns of a verdict that the batch brings itself. */
const ownColumns = "ordinal, business_key, is_deleted, subject_id, touched_from, touched_to, row_id, is_same, is_repeat";

function judgeAlone(judging: Judging): string {
  const known = knownJoin(judging);
  return `
    with staged as (${judging.staged}),

    followed as (
        select staged.*, ${known.columns}
        from staged
        ${known.joins}
    ),

    judged as (
        select
            followed.*,
            coalesce(row_hash = known_hash, false) or (revised_at is not null and is_known) as is_same,
            coalesce(revised_at < known_revised_at, false) as is_late,
            false as is_repeat
        from followed
    )

    select
        ${ownColumns},
        coalesce(known_revision, 0) + 1 as revision,
        not is_same and not is_late as is_current,
        not is_same and known_revision is null and not is_deleted as is_new,
        not is_same and not is_late and known_revision is not null as supersedes
    from judged`;
}

/** Follows each key's records in the order they came; `hash_before` is the version current when a record arrives. */
function judgeInOrder(judging: Judging): string {
  const known = knownJoin(judging);
  const before = "over (partition by business_key order by ordinal rows between unbounded preceding and 1 preceding)";
  return `
    with staged as (${judging.staged}),

    followed as (
        select
            staged.*,
            row_number() over (partition by staged.business_key, staged.row_hash order by staged.ordinal) > 1 as is_repeat,
            max(staged.revised_at) over (
                partition by staged.business_key order by staged.ordinal rows between unbounded preceding and 1 preceding
            ) as earlier_revised_at,
            ${known.columns}
        from staged
        ${known.joins}
    ),

    placed as (
        select
            followed.*,
            revised_at is not null and (is_repeat or is_known) as is_seen,
            coalesce(revised_at < earlier_revised_at, false) or coalesce(revised_at < known_revised_at, false) as is_late
        from followed
    ),

    compared as (
        select
            placed.*,
            coalesce(
                ${judging.dialect.lastKnown("case when not is_seen and not is_late then row_hash end")} ${before}, known_hash
            ) as hash_before
        from placed
    ),

    judged as (
        select compared.*, is_seen or coalesce(row_hash = hash_before, false) as is_same
        from compared
    ),

    counted as (
        select
            judged.*,
            row_number() over (partition by business_key, is_same order by ordinal) as nth,
            max(case when not is_same and not is_late then ordinal end) over (partition by business_key) as last_ordinal
        from judged
    )

    select
        ${ownColumns},
        coalesce(known_revision, 0) + nth as revision,
        not is_same and not is_late and ordinal = last_ordinal as is_current,
        not is_same and known_revision is null and nth = 1 and not is_deleted as is_new,
        not is_same and not is_late and ordinal = last_ordinal and known_revision is not null as supersedes
    from counted`;
}
