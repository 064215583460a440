#!/bin/sh
# One share of a capture's conversations (or, with NLAB_OPTIONS=--by-file, of the captures) as tables: what each of N machines runs, told its number in the way of its scheduler.
#
#   shard.sh N TABLES CAPTURE…
#
# Kubernetes counts an indexed job's pods from 0 (JOB_COMPLETION_INDEX), Slurm an array's tasks as --array says
# (SLURM_ARRAY_TASK_ID, from 1 here), GNU parallel its jobs from 1 (PARALLEL_SEQ). A share that is complete is not written again.
set -eu

count=$1
tables=$2
shift 2

if [ -n "${JOB_COMPLETION_INDEX:-}" ]; then
    share=$((JOB_COMPLETION_INDEX + 1))
else
    share=${SLURM_ARRAY_TASK_ID:-${PARALLEL_SEQ:-}}
fi

if [ -z "$share" ]; then
    echo "shard.sh: which share? JOB_COMPLETION_INDEX, SLURM_ARRAY_TASK_ID or PARALLEL_SEQ is to say" >&2
    exit 2
fi

# Conversations are written last: with them the share is whole.
if [ -e "$tables/conversations-$share-of-$count.parquet" ]; then
    echo "share $share of $count is there" >&2
    exit 0
fi

# The options are several words.
# shellcheck disable=SC2086
exec nlab decode "$@" --parquet "$tables" --shard "$share/$count" ${NLAB_OPTIONS:-}
