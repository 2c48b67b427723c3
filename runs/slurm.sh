#!/usr/bin/env bash
# A run longer than any job: this job goes on from the newest checkpoint and queues itself again
# until the run is done.
# sbatch runs/slurm.sh runs/two-dimensional.yaml
#SBATCH --job-name=hypoco
#SBATCH --ntasks=64
#SBATCH --time=24:00:00
#SBATCH --signal=USR1@300
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x.log
set -u
experiment=$1
limit=$((24 * 3600 - 600)) # seconds; the rest is for starting up and for the last step
export OMP_NUM_THREADS=1

srun hypoco solve "$experiment" -output "$(basename "$experiment" .yaml).h5" \
  -json "$(basename "$experiment" .yaml).json" \
  -wall_limit "$limit" -restart auto
code=$?
if [ $code = 5 ]; then
  scontrol requeue "$SLURM_JOB_ID" # stopped on request: go on
else
  echo "hypoco ended with code $code"
fi
