#!/usr/bin/env bash
# Every documented command and every job mode, as real processes on a generated database, dry and real. What leaves the database is counted again
# with tools that are not Firn's: SQL, zcat and tar. Needs nothing but what the project installs.
set -euo pipefail

ROOT=$(cd "$(dirname "$0")/.." && pwd)
NODE="$ROOT/node_modules/node/bin/node"
[ -x "$NODE" ] || NODE=node
ROWS=${E2E_ROWS:-2500}
DAYS=41
WORK=$(mktemp -d)
PASSED=0
SERVICE=''
trap 'status=$?; [ "$status" -eq 0 ] || echo "e2e: ended with $status after $PASSED checks" >&2; [ -z "$SERVICE" ] || kill "$SERVICE" 2>/dev/null || true; rm -rf "$WORK"' EXIT
unset FIRN_DB FIRN_ARCHIVES FIRN_CONFIG
export NO_COLOR=1

firn() { "$NODE" "$ROOT/bin/firn.js" "$@"; }

# run STATUS WORDS...: the answer goes to $WORK/out, the rest to $WORK/err.
run() {
  local wanted=$1 status=0
  shift
  firn "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
  if [ "$status" -ne "$wanted" ]; then
    echo "FAILED: firn $* ended with $status instead of $wanted" >&2
    head -n 40 "$WORK/out" "$WORK/err" >&2
    exit 1
  fi
  PASSED=$((PASSED + 1))
}

same() {
  if [ "$2" != "$3" ]; then
    echo "FAILED: $1: wanted $2, found $3" >&2
    head -n 40 "$WORK/out" "$WORK/err" >&2
    exit 1
  fi
  PASSED=$((PASSED + 1))
}

says() {
  if ! grep -q -- "$1" "$WORK/out"; then
    echo "FAILED: the answer does not say: $1" >&2
    head -n 60 "$WORK/out" "$WORK/err" >&2
    exit 1
  fi
  PASSED=$((PASSED + 1))
}

# json EXPRESSION: of the last answer, as `it`.
json() { "$NODE" -e 'const it = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")); console.log(eval(process.argv[2]))' "$WORK/out" "$1"; }

# sql DATABASE QUERY: one value.
sql() { "$NODE" -e 'const { DatabaseSync } = require("node:sqlite"); const db = new DatabaseSync(process.argv[1], { readOnly: true }); console.log(Object.values(db.prepare(process.argv[2]).get())[0])' "$1" "$2"; }

TOTAL='SELECT (SELECT count(*) FROM transcript_entries) + (SELECT count(*) FROM tool_uses) + (SELECT count(*) FROM skill_traces) + (SELECT count(*) FROM assertion_results) + (SELECT count(*) FROM assertion_chains) + (SELECT count(*) FROM message_bus_log)'

warm_lines() { if [ -d "$1/warm" ]; then find "$1/warm" -name '*.jsonl.gz' -exec zcat {} + | wc -l; else echo 0; fi; }

cold_lines() {
  local sum=0 bundle unpacked
  for bundle in "$1"/cold/*/*.tar.gz; do
    [ -e "$bundle" ] || continue
    unpacked=$(mktemp -d "$WORK/bundle.XXXXXX")
    tar xzf "$bundle" -C "$unpacked"
    sum=$((sum + $(find "$unpacked" -name '*.jsonl.gz' -exec zcat {} + | wc -l)))
    rm -rf "$unpacked"
  done
  echo "$sum"
}

# here NAME: a folder with a database of its own, and nothing else; the commands that follow work on it.
here() {
  mkdir -p "$WORK/$1/database"
  cp "$WORK/ideas.db" "$WORK/$1/database/ideas.db"
  cd "$WORK/$1"
}

conserved() {
  local hot warm cold
  hot=$(sql database/ideas.db "$TOTAL")
  warm=$(warm_lines archives)
  cold=$(cold_lines archives)
  same "$1: hot $hot + warm $warm + cold $cold" "$ALL" $((hot + warm + cold))
}

untouched() { same "$1 changed nothing" "$2" "$(find . -type f -print0 | sort -z | xargs -0 cksum)"; }

echo "e2e: $ROWS rows of $DAYS days in $WORK"
"$NODE" --input-type=module -e '
  const { createDemoDatabase } = await import(process.argv[1] + "/src/demo/demo-database.ts");
  createDemoDatabase(process.argv[2], { rows: Number(process.argv[3]), days: Number(process.argv[4]), now: Date.now() * 1000, seed: 7 });
' "$ROOT" "$WORK/ideas.db" "$ROWS" "$DAYS"
ALL=$(sql "$WORK/ideas.db" "$TOTAL")

echo 'e2e: help, usage, errors'
here errors
run 1
says 'Available commands'
run 1 retention
says 'Retention subcommands'
run 0 archive --help
says 'Archive old observability data'
run 0 cleanup --help
run 0 cleanup archives --help
says 'Clean up archived data'
run 2 archive all --older-than -5d
run 2 archive all --older-than abc
run 2 archive everything
run 2 job --mode hourly
run 2 unheard-of
run 1 archive all --db-path database/idaes.db
same 'a mistyped database is not created' '1' "$(find . -type f | wc -l)"

echo 'e2e: everything that only reads'
here reading
BEFORE=$(find . -type f -print0 | sort -z | xargs -0 cksum)
run 0 retention policy
says 'Retention Policies'
run 0 retention policy --json
same 'the policy of message_bus_log' 127 "$(json 'it.message_bus_log.total_days')"
run 0 retention status
says 'HOT STORAGE'
says 'WARM ARCHIVE'
says 'COLD ARCHIVE'
run 0 retention status --json
same 'rows in the database' "$ALL" "$(json 'it.database.reduce((sum, { total }) => sum + total, 0)')"
run 1 retention status --check
run 0 retention stats
run 0 archive all --dry-run
says 'DRY RUN'
run 0 archive all --dry-run --json
DUE=$(json 'it.total')
run 0 cleanup archives --dry-run
says 'DRY RUN'
for mode in daily weekly monthly full; do
  run 0 job --mode "$mode" --dry-run
  same "$mode is a dry run" true "$(json 'it.dry_run')"
done
same 'the full dry run finds what is due' "$DUE" "$(json 'it.daily.total_archived + it.weekly.total_archived')"
run 0 plan tool_uses --hot 3d
run 0 reclaim --dry-run
run 0 status
says 'not running'
run 1 status --check --quiet
run 0 metrics
says '^firn_up 1$'
run 0 verify
run 0 hold list
run 0 schedule cron
says '--mode monthly'
run 0 schedule systemd
says 'Persistent=true'
run 0 schedule systemd --service
says 'Type=notify'
run 0 completion bash
run 0 init --print
run 0 search --table tool_uses --count
untouched 'reading' "$BEFORE"

echo 'e2e: archive and cleanup'
here archiving
run 0 archive transcripts --json
FIRST=$(json 'it.total')
same 'what left is in files' "$FIRST" "$(warm_lines archives)"
conserved 'archive transcripts'
run 0 archive all
says 'Archive Results:'
says "Total: $((DUE - FIRST)) records"
run 0 archive all
says 'Total: 0 records'
conserved 'archive all'
run 0 archive task_list_execution_runs --json
same 'an exempt table' exempt "$(json 'it.tables[0].status')"
run 0 cleanup archives --dry-run --json
PLANNED=$(json 'it.consolidation.consolidated')
run 0 cleanup archives --json
same 'cleanup does what the dry run said' "$PLANNED" "$(json 'it.consolidation.consolidated')"
same 'something was bundled' true "$(json 'it.consolidation.consolidated > 0 && it.consolidation.cold_files > 0')"
conserved 'cleanup archives'
run 0 cleanup archives
says 'Cleanup Results:'
run 0 verify --deep
run 0 verify --sample 5%
run 0 retention status --check

echo 'e2e: finding and bringing back'
run 0 search --count
same 'search counts every row of every tier' "$ALL" "$(tr -dc 0-9 <"$WORK/out")"
run 0 search --tier cold --limit 1 --format jsonl
TABLE=$(json 'it.table')
ID=$(json 'it.row.id')
EXECUTION=$(json 'it.row.execution_id')
run 0 explain "$TABLE" "$ID" --json
run 0 timeline "execution_id=$EXECUTION" --json
run 0 restore "$TABLE" --where "id=$ID" --into restored.db
same 'the restored row' 1 "$(sql restored.db "SELECT count(*) FROM $TABLE WHERE id = '$ID'")"
run 0 hold add --table "$TABLE" --where "id=$ID" --reason 'e2e'
run 0 hold list
says 'e2e'
run 0 hold remove 1
run 0 erase --table "$TABLE" --where "id=$ID" --dry-run
run 0 erase --table "$TABLE" --where "id=$ID" --yes
run 0 search --table "$TABLE" --where "id=$ID" --count
same 'the erased row' 0 "$(tr -dc 0-9 <"$WORK/out")"
run 0 verify --deep

echo 'e2e: jobs'
here jobs
run 0 job --mode daily
DAILY=$(json 'it.total_archived')
same 'daily: transcripts and messages' "$DAILY" "$(warm_lines archives)"
run 0 job --mode weekly
WEEKLY=$(json 'it.total_archived')
same 'weekly: the assertions' true "$(json 'it.tables.every(({ table }) => table.startsWith("assertion_"))')"
same 'daily and weekly: all that was due' "$DUE" $((DAILY + WEEKLY))
run 0 job --mode monthly --output monthly.json
cp monthly.json "$WORK/out"
same 'monthly bundles' true "$(json 'it.consolidation.removed_warm > 0')"
conserved 'the jobs'
run 0 status --check --quiet
says '^ok'
run 0 status --json
same 'three runs are written down' 3 "$(json 'it.runs.filter(({ outcome }) => outcome === "done").length')"
run 0 job --mode full
same 'a second time there is nothing to do' 0 "$(json 'it.daily.total_archived + it.weekly.total_archived')"
run 0 metrics --output firn.prom
same 'the textfile' 1 "$(grep -c '^firn_healthy 1$' firn.prom)"

echo 'e2e: pause, resume, the scheduler, the lock'
here full
run 0 pause --for 2h --reason 'e2e pause'
run 3 job --mode full
same 'paused' paused "$(json 'it.daily.tables[0].status')"
same 'nothing left while paused' "$ALL" "$(sql database/ideas.db "$TOTAL")"
run 1 status --check
says 'e2e pause'
run 0 resume
"$NODE" "$ROOT/bin/firn.js" run --log-format json 2>service.log &
SERVICE=$!
for _ in $(seq 600); do
  [ "$(grep -c '"event":"ended"' service.log)" -ge 3 ] && break
  kill -0 "$SERVICE"
  sleep 0.1
done
same 'the scheduler ran three jobs' 3 "$(grep -c '"outcome":"done"' service.log)"
run 4 run
run 0 status
says 'waiting'
kill -TERM "$SERVICE"
STATUS=0
wait "$SERVICE" || STATUS=$?
SERVICE=''
same 'the scheduler stopped cleanly' 0 "$STATUS"
same 'all that was due has left' "$((ALL - DUE))" "$(sql database/ideas.db "$TOTAL")"
conserved 'the scheduler'

echo 'e2e: damage, a lost ledger, the demo'
VICTIM=$(find archives/warm -name '*.jsonl.gz' | sort | sed -n 1p)
cp "$VICTIM" "$WORK/victim"
printf 'x' | dd of="$VICTIM" bs=1 seek=40 conv=notrunc status=none
run 5 verify --deep
cp "$WORK/victim" "$VICTIM"
run 0 verify --deep
cp "$WORK/ideas.db" database/lost.db
run 0 rebuild --db-path database/lost.db
run 0 init
run 0 demo --rows 1000 --remove

echo "e2e: $PASSED checks in $SECONDS s"
echo 'All E2E tests PASSED'
