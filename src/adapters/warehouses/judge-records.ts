import type { StreamDefinition } from "../../domain/records/streams.ts";
import type { Dialect } from "./dialect.ts";

/** The tables a load works with. */
export interface WorkTables {
  readonly staged: string;
  readonly matched: string;
  readonly knownVersion: string;
  readonly judged: string;
  readonly verdict: string;
}

/** One row per staged record: is it the same as what is known, is it late, does it repeat one of this batch. */
export function judgedQuery(dialect: Dialect, work: WorkTables, stream: StreamDefinition, hasRepeats: boolean): string {
  return hasRepeats ? judgeInOrder(dialect, work, stream) : judgeAlone(dialect, work, stream);
}

/** One row per record that is kept: which revision it becomes, and whether it is the last of its key. */
export function verdictQuery({ judged }: WorkTables, hasRepeats: boolean): string {
  // Where no key comes twice, each kept record is the first and the last of its key.
  if (!hasRepeats) {
    return `
    select
        ordinal,
        business_key,
        coalesce(known_revision, 0) + 1 as revision,
        not is_late as is_current,
        known_revision is null and not is_deleted as is_new,
        row_id
    from ${judged}
    where not is_same`;
  }
  return `
    with kept as (
        select
            judged.*,
            row_number() over (partition by business_key order by ordinal) as nth,
            max(case when not is_late then ordinal end) over (partition by business_key) as last_ordinal
        from ${judged} as judged
        where not is_same
    )

    select
        ordinal,
        business_key,
        coalesce(known_revision, 0) + nth as revision,
        not is_late and ordinal = last_ordinal as is_current,
        known_revision is null and nth = 1 and not is_deleted as is_new,
        row_id
    from kept`;
}

/** What is known of a staged key's stored versions, and whether this very version is among them. */
function knownJoin({ types }: Dialect, { knownVersion }: WorkTables, stream: StreamDefinition) {
  if (stream.revisedAt === undefined) {
    return {
      columns: `false as is_known, cast(null as ${types.instant}) as known_revised_at, matched.revision as known_revision`,
      joins: "",
    };
  }
  return {
    columns: "seen.row_hash is not null as is_known, latest.revised_at as known_revised_at, latest.revision as known_revision",
    joins: `
    left join (select distinct business_key, row_hash from ${knownVersion}) as seen
        on seen.business_key = staged.business_key and seen.row_hash = staged.row_hash
    left join (
        select business_key, max(revised_at) as revised_at, max(revision) as revision
        from ${knownVersion}
        group by business_key
    ) as latest on latest.business_key = staged.business_key`,
  };
}

/** The quick way for a batch in which no key comes twice: nearly all of them. */
function judgeAlone(dialect: Dialect, work: WorkTables, stream: StreamDefinition): string {
  const known = knownJoin(dialect, work, stream);
  return `
    with followed as (
        select staged.*, matched.row_id, matched.row_hash as known_hash, ${known.columns}
        from ${work.staged} as staged
        left join ${work.matched} as matched on matched.business_key = staged.business_key${known.joins}
    )

    select
        ordinal,
        business_key,
        row_hash,
        is_deleted,
        row_id,
        known_revision,
        coalesce(row_hash = known_hash, false) or (revised_at is not null and is_known) as is_same,
        coalesce(revised_at < known_revised_at, false) as is_late,
        false as is_repeat
    from followed`;
}

/** Follows each key's records in the order they came; `hash_before` is the version current when a record arrives. */
function judgeInOrder(dialect: Dialect, work: WorkTables, stream: StreamDefinition): string {
  const known = knownJoin(dialect, work, stream);
  const before = "over (partition by business_key order by ordinal rows between unbounded preceding and 1 preceding)";
  return `
    with followed as (
        select
            staged.*,
            matched.row_id,
            matched.row_hash as known_hash,
            row_number() over (partition by staged.business_key, staged.row_hash order by staged.ordinal) > 1 as is_repeat,
            max(staged.revised_at) over (
                partition by staged.business_key order by staged.ordinal rows between unbounded preceding and 1 preceding
            ) as earlier_revised_at,
            ${known.columns}
        from ${work.staged} as staged
        left join ${work.matched} as matched on matched.business_key = staged.business_key${known.joins}
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
            coalesce(${dialect.lastKnown("case when not is_seen and not is_late then row_hash end")} ${before}, known_hash) as hash_before
        from placed
    )

    select
        ordinal,
        business_key,
        row_hash,
        is_deleted,
        row_id,
        known_revision,
        is_seen or coalesce(row_hash = hash_before, false) as is_same,
        is_late,
        is_repeat
    from compared`;
}
