#!/usr/bin/env bash
# The figures of the three papers, one option file and one picture for each:
#   ZY 3.1 (a) (b) (c), AN 4 (three staleness rates), 5 (left and right), 6, 7, 8, HE 1 (a) (b).
# Each option file says which numbers must come out; tests/application/sample_runs.py computes them.
#
#   bash runs/figures.sh HYPOCO FOLDER [FIGURE...]      FIGURE: a name below, none: all
# PATHS=n limits the paths of a run.
set -euo pipefail
hypoco=${1:?the program, for instance build/hypoco} folder=${2:?a folder for files and pictures}
shift 2
runs=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$folder"

# sample NAME FILE OPTION... writes NAME.h5
sample() {
  local name=$1 file=$2
  shift 2
  "$hypoco" sample "$runs/$file.yaml" "$@" ${PATHS:+-sample_paths "$PATHS"} \
    -output "$folder/$name.h5" >"$folder/$name.txt"
}

# picture NAME... draws all of them on the axes of the first
picture() {
  "$hypoco" plot "${@/%/.h5}" -plot_together true -what sample -format png >/dev/null
}

# steps 0 to N, every M-th
marks() { seq -s , 0 "$2" "$1"; }

figure() {
  local f=$folder
  case $1 in
  zy31a)
    for eta in 0.02 0.0075 0.0025 0.001; do
      sample "zy31a-$eta" sample-zy-fig31a -model_learning_rate $eta -sample_steps 1000
    done
    picture "$f/zy31a-0.0025" "$f/zy31a-0.02" "$f/zy31a-0.0075" "$f/zy31a-0.001"
    ;;
  zy31b)
    for kappa in 0.95 0.96 0.97 0.98; do
      sample "zy31b-$kappa" sample-zy-fig31b -model_staleness $kappa
    done
    picture "$f/zy31b-0.95" "$f/zy31b-0.96" "$f/zy31b-0.97" "$f/zy31b-0.98"
    ;;
  zy31c)
    sample zy31c-asgd sample-zy-fig31c -sample_workers 2
    sample zy31c-sgd sample-zy-fig31c -sample_model sgd -sample_workers 1 -sample_steps 200
    picture "$f/zy31c-asgd" "$f/zy31c-sgd"
    ;;
  an4)
    for kappa in 0.9 0.95 0.97; do
      for model in asgd sme-asgd sme-sgd; do
        sample "an4-$kappa-$model" sample-an-fig4 -model_staleness $kappa -sample_model $model
      done
      picture "$f/an4-$kappa-asgd" "$f/an4-$kappa-sme-asgd" "$f/an4-$kappa-sme-sgd"
    done
    ;;
  an5-left | an5-right)
    for model in asgd sme-asgd sme-sgd; do
      sample "$1-$model" "sample-an-fig${1#an}" -sample_model $model -sample_every 20 \
        -sample_snapshots 500
    done
    picture "$f/$1-asgd" "$f/$1-sme-asgd" "$f/$1-sme-sgd"
    ;;
  an6 | an7)
    for model in asgd sme-asgd; do # a path of the equation carries a 100 x 100 covariance
      PATHS=$([ $model = asgd ] && echo "${PATHS:-}" || echo 8) \
        sample "$1-$model" "sample-an-fig${1#an}" -sample_model $model -sample_keep true \
        -sample_every 20 -sample_snapshots "$(marks 1000 20)" \
        $([ $model = asgd ] || echo -sample_substeps 1)
    done
    picture "$f/$1-asgd" "$f/$1-sme-asgd"
    ;;
  an8)
    sample an8-schedule sample-an-fig8 -sample_batch_cost 3.5e-9
    sample an8-batches sample-an-fig8 -sample_batch 5
    picture "$f/an8-schedule" "$f/an8-batches"
    ;;
  he1)
    for model in asgd sdde; do
      sample "he1-$model" sample-he-fig1 -sample_model $model -sample_keep true \
        -sample_snapshots "$(marks 2000 5)" $([ $model = sdde ] && echo -sample_substeps 1)
    done
    picture "$f/he1-asgd" "$f/he1-sdde"
    # (b) without delay
    sample he1-sgd sample-he-fig1 -sample_model sgd -sample_keep true \
      -sample_snapshots "$(marks 2000 5)"
    sample he1-sde sample-he-fig1 -sample_model sdde -sample_substeps 1 -sample_keep true \
      -sample_staleness_bound 0 -sample_warmup 0 -sample_snapshots "$(marks 2000 5)"
    picture "$f/he1-sgd" "$f/he1-sde"
    ;;
  *)
    echo "figures.sh: no figure '$1'; zy31a zy31b zy31c an4 an5-left an5-right an6 an7 an8 he1" >&2
    exit 2
    ;;
  esac
}

[ $# -gt 0 ] || set -- zy31a zy31b zy31c an4 an5-left an5-right an6 an7 an8 he1
for name in "$@"; do figure "$name"; done
