#!/bin/bash
# Seven shares as an array: sbatch --array=1-7 slurm.sh /data/tables /data/captures/*.pcapng
#SBATCH --job-name=nlab-tables
#SBATCH --array=1-7
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
set -eu

tables=$1
shift
exec "${NLAB_DEPLOY:-.}/shard.sh" "${SLURM_ARRAY_TASK_COUNT:-7}" "$tables" "$@"
