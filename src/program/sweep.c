/*
   hypoco sweep: every combination of the given values is a case of its own, solved,
   diagonalised or audited in full.

   Cases run side by side on groups of ranks.
   Each finished case leaves a record in a folder beside the output file;
   a sweep that was stopped goes on from there.
   A case that fails is recorded and does not stop the others.
   At the end all records become one table: on stdout, as CSV and as HDF5.
*/
#include "program/asked.h"
#include "program/interrupt.h"
#include "program/study.h"
#include "program/sweepcase.h"
#include "program/sweep/branches.h"
#include "program/sweep/table.h"
#include "program/sweep/sweep.h"
#include <math.h>
#include <petsctime.h>
#include <string.h>
#include <time.h>

enum { SECONDS_TO_ARRIVE = 5 };

typedef struct {
  const HypOptions  *options;
  const HypSettings *settings;
  HypSweep           plan;
  char               folder[PETSC_MAX_PATH_LEN];
  PetscInt           npending, *pending;
  HypFingerprint    *fingerprints; /* of all cases */
  MPI_Comm           comm;         /* of this group */
  MPI_Comm           agreement;    /* the same, for the agreement on how a case ended */
  PetscMPIInt        rank, size;   /* in it */
  PetscMPIInt        group, groups;
  HypSweepKept      *kept;
  PetscLogDouble     start;
} Sweep;

static json_t *Number(PetscReal value)
{
  return isfinite(value) ? json_real((double)value) : json_null();
}

static PetscErrorCode Results(const HypInvestigation *v, json_t *results)
{
  const HypLyapunov *l = v->asked.lyapunov;
  /* Theorem 3.1 is about a quadratic loss and its perturbations */
  const PetscBool theory =
    HypModelHasPotential(HypSpaceGetModel(v->coarser)) ? PETSC_FALSE : PETSC_TRUE;
  PetscInt counts[HYP_VERDICTS];

  PetscFunctionBeginUser;
  json_object_set_new(results, "gap", Number(v->rate.gap));
  json_object_set_new(results, "gap_error", Number(v->rate.gap_error));
  json_object_set_new(results, "steady_error",
                      Number(v->fine.steady.f ? v->fine.steady.error : v->fine.spectrum.steady));
  json_object_set_new(results, "fit", Number(v->rate.fit));
  json_object_set_new(results, "fit_error", Number(v->rate.fit_error));
  json_object_set_new(results, "theory_proved", Number(theory ? l->mu_proved : NAN));
  json_object_set_new(results, "theory_printed", Number(theory ? l->mu_printed : NAN));
  json_object_set_new(results, "certificate", Number(theory ? v->constants.contraction : NAN));
  if (v->asked.tasks & HYP_TASK_SPECTRUM)
    json_object_set_new(
      results, "frequency",
      Number(v->fine.spectrum.n > 1 ? PetscAbsReal(v->fine.spectrum.imag[1]) : NAN));
  if (!(v->asked.tasks & HYP_TASK_SOLVE) || !(v->asked.tasks & HYP_TASK_SPECTRUM) ||
      v->rate.agree) {
    json_object_set_new(results, "rate", Number(v->rate.rate));
    json_object_set_new(results, "rate_error", Number(v->rate.error));
  }
  if (v->asked.tasks & HYP_TASK_AUDIT) {
    const PetscReal eps0   = v->constants.eps0;
    PetscInt        broken = 0;

    (void)HypInvestigationCount(v, counts);
    for (PetscInt k = 0; k < v->nstatements; k++)
      broken += v->statements[k].proved && v->statements[k].verdict == HYP_FAILS;
    json_object_set_new(results, "eps0", Number(eps0));
    json_object_set_new(results, "guaranteed",
                        Number(l->mu_proved - eps0 * v->constants.theorem.C1));
    json_object_set_new(results, "guaranteed_corrected",
                        Number(l->mu_proved - eps0 * v->constants.C1_corrected));
    json_object_set_new(results, "statements_hold", json_integer(counts[HYP_HOLDS]));
    json_object_set_new(results, "statements_fail", json_integer(counts[HYP_FAILS]));
    json_object_set_new(results, "statements_undecided", json_integer(counts[HYP_UNDECIDED]));
    json_object_set_new(results, "proved_fail", json_integer(broken));
  }
  PetscFunctionReturn(0);
}

/* Keys of PETSc's own that vary live in its database */
static PetscErrorCode SetPetscKeys(const Sweep *s, const HypOptions *options)
{
  PetscFunctionBeginUser;
  for (size_t i = 0; i < HypOptionsPetscCount(options); i++) {
    char        key[PETSC_MAX_PATH_LEN];
    const char *name, *value;

    HypOptionsPetsc(options, i, &name, &value);
    PetscCall(PetscSNPrintf(key, sizeof(key), "-%s", name));
    for (PetscInt k = 0; k < s->plan.nkeys; k++) {
      if (!strcmp(s->plan.key[k], name)) PetscCall(PetscOptionsSetValue(NULL, key, value));
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Case(const Sweep *s, PetscInt k, json_t *results)
{
  const char      *command = s->settings->sweep_command;
  HypTasks         tasks;
  HypOptions      *options;
  HypStudy         study;
  HypSweepProblem *problem;
  PetscErrorCode   error;

  PetscFunctionBeginUser;
  PetscCall(HypSweepCaseOptions(&s->plan, s->options, k, &options));
  PetscCall(SetPetscKeys(s, options));
  if (!strcmp(command, "theory") || !strcmp(command, "sample")) {
    error = command[0] == 't' ? HypSweepTheory(HypOptionsSettings(options), results)
                              : HypSweepSample(s->comm, HypOptionsSettings(options), results);
    HypOptionsDestroy(&options);
    PetscCall(error);
    PetscFunctionReturn(0);
  }
  tasks = !strcmp(command, "solve")      ? HYP_TASK_SOLVE
          : !strcmp(command, "spectrum") ? HYP_TASK_SPECTRUM
                                         : HypStudyAudits(HypOptionsSettings(options));
  PetscCall(HypSweepKeptFind(s->kept, &s->plan, options, &problem));
  error = HypStudyCreate(s->comm, HypOptionsSettings(options), tasks,
                         problem ? &problem->shared : NULL, &study);
  if (!error) error = Results(&study.found, results);
  if (!error && problem && (tasks & HYP_TASK_SPECTRUM))
    error = HypSweepBranches(problem, s->comm, options, &study.found.fine.spectrum, results);
  /* in a group of several ranks not all need have come as far */
  if (!error || s->size == 1) PetscCall(HypStudyDestroy(&study));
  HypOptionsDestroy(&options);
  PetscCall(error);
  PetscFunctionReturn(0);
}

/* Whether all ranks of the group came out of a case;
   one that failed alone leaves the others waiting for it */
static PetscErrorCode Arrive(const Sweep *s, PetscBool failed, PetscBool *all)
{
  PetscLogDouble begin, now;
  MPI_Request    request;
  int            arrived = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&begin));
  PetscCallMPI(MPI_Ibarrier(s->agreement, &request));
  do {
    PetscCallMPI(MPI_Test(&request, &arrived, MPI_STATUS_IGNORE));
    if (!arrived) nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    PetscCall(PetscTime(&now));
  } while (!arrived && !(failed && now - begin > SECONDS_TO_ARRIVE));
  *all = arrived ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* One case with its record; an error ends here */
static PetscErrorCode RunCase(const Sweep *s, PetscInt k)
{
  json_t        *results = json_object(), *record;
  const char    *message = "";
  PetscLogDouble begin, end;
  PetscErrorCode error, written;
  PetscBool      all = PETSC_FALSE;
  int            failed;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&begin));
  error  = Case(s, k, results);
  failed = error ? 1 : 0;
  PetscCall(Arrive(s, error ? PETSC_TRUE : PETSC_FALSE, &all));
  if (all) PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, s->agreement));
  if (failed) message = HypCliTakeError(all ? s->agreement : PETSC_COMM_SELF);
  PetscCall(PetscTime(&end));
  json_object_set_new(results, "seconds", json_real(end - begin));
  record = json_pack("{s:s,s:s,s:o}", "status", failed ? "failed" : "done", "message", message,
                     "results", results);
  for (PetscInt i = 0; i < s->plan.nkeys; i++)
    json_object_set_new(record, s->plan.key[i], json_string(HypSweepValue(&s->plan, k, i)));
  if (!failed) PetscCall(HypCliCheckUnusedAtEnd(s->options)); /* such a case is no result */
  HypFileHold();
  written = !s->rank || !all ? HypSweepWrite(s->folder, s->fingerprints[k], record) : 0;
  HypFileAllow();
  json_decref(record);
  PetscCall(written);
  if (!all) {
    fprintf(stderr,
            "hypoco: error: case %d: %s; other ranks cannot go on without this one. The case is "
            "recorded as failed: start the sweep again\n",
            (int)k + 1, message);
    MPI_Abort(PETSC_COMM_WORLD, HypCliExitCode(error));
  }
  PetscFunctionReturn(0);
}

/* What is still to be done, the same on all ranks;
   a case whose options are refused is settled at once */
static PetscErrorCode FindPending(Sweep *s)
{
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCall(PetscCalloc2(s->plan.ncases, &s->fingerprints, s->plan.ncases, &s->pending));
  for (PetscInt k = 0; k < s->plan.ncases; k++) {
    HypOptions *options = HypOptionsCopy(s->options);
    HypAsked    asked;
    char       *message;

    for (PetscInt i = 0; i < s->plan.nkeys; i++) {
      if (HypOptionsSet(options, s->plan.key[i], HypSweepValue(&s->plan, k, i), &message)) {
        char sentence[1024];

        PetscCall(PetscStrncpy(sentence, HypSweepSentence(message), sizeof(sentence)));
        free(message);
        HypOptionsDestroy(&options);
        SETERRQ(PETSC_COMM_WORLD, PETSC_ERR_USER_INPUT,
                "sweep_key_%" PetscInt_FMT ", sweep_values_%" PetscInt_FMT ": %s", i + 1, i + 1,
                sentence);
      }
    }
    PetscCall(HypAskedCreate(options, &asked));
    HypSweepFingerprint(&asked, s->fingerprints[k]);
    PetscCall(HypAskedDestroy(&asked));
    HypOptionsDestroy(&options);
    if (rank) continue;
    json_t *const record = HypSweepRead(s->folder, s->fingerprints[k]);

    if (!record) s->pending[s->npending++] = k;
    json_decref(record);
  }
  PetscCallMPI(MPI_Bcast(&s->npending, 1, MPIU_INT, 0, PETSC_COMM_WORLD));
  PetscCallMPI(MPI_Bcast(s->pending, (PetscMPIInt)s->npending, MPIU_INT, 0, PETSC_COMM_WORLD));
  PetscFunctionReturn(0);
}

/* Equal shares of the ranks: group g has the ranks r with floor(r groups/size) = g */
static PetscErrorCode Split(Sweep *s)
{
  PetscMPIInt rank, size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  s->groups = size;
  if (s->settings->sweep_groups != HYP_UNSET) s->groups = (PetscMPIInt)s->settings->sweep_groups;
  PetscCheck(s->groups <= size, PETSC_COMM_WORLD, PETSC_ERR_ARG_OUTOFRANGE,
             "sweep_groups: %d given, at most the number of ranks, %d, allowed", s->groups, size);
  s->group = (PetscMPIInt)((long long)rank * s->groups / size);
  PetscCallMPI(MPI_Comm_split(PETSC_COMM_WORLD, s->group, rank, &s->comm));
  PetscCallMPI(MPI_Comm_dup(s->comm, &s->agreement));
  PetscCallMPI(MPI_Comm_rank(s->comm, &s->rank));
  PetscCallMPI(MPI_Comm_size(s->comm, &s->size));
  PetscFunctionReturn(0);
}

/* PETSc's options were looked at after each case that was done.  Where none was, because all are
   finished or all failed before they came to read them, nothing can be said about them. */
static PetscErrorCode ExcuseOptions(const HypOptions *options)
{
  PetscFunctionBeginUser;
  for (size_t i = 0; i < HypOptionsPetscCount(options); i++) {
    char        key[PETSC_MAX_PATH_LEN];
    const char *name, *value;
    PetscBool   there;

    HypOptionsPetsc(options, i, &name, &value);
    PetscCall(PetscSNPrintf(key, sizeof(key), "-%s", name));
    PetscCall(PetscOptionsHasName(NULL, NULL, key, &there));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode RunPending(Sweep *s)
{
  HypProgress progress;

  PetscFunctionBeginUser;
  PetscCall(HypProgressStart(s->settings, "cases", 0, (PetscReal)s->npending, &progress));
  for (PetscInt p = s->group; p < s->npending; p += s->groups) {
    PetscInt done = 0;

    PetscCall(RunCase(s, s->pending[p]));
    if (!progress.on) continue;
    for (PetscInt q = 0; q < s->npending; q++) { /* the other groups' too */
      json_t *const record = HypSweepRead(s->folder, s->fingerprints[s->pending[q]]);

      done += record != NULL;
      json_decref(record);
    }
    PetscCall(HypProgressUpdate(&progress, (PetscReal)done));
  }
  PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD));
  PetscCall(HypProgressEnd(&progress));
  PetscCall(ExcuseOptions(s->options));
  PetscFunctionReturn(0);
}

/* The table beside the records: results/map.cases has results/map.csv */
static void NameCSV(const Sweep *s, char csv[PETSC_MAX_PATH_LEN])
{
  snprintf(csv, PETSC_MAX_PATH_LEN, "%s", s->folder);
  strcpy(strrchr(csv, '.'), ".csv");
}

/* Stopped by a signal: the cases that are finished as a table */
static void Interrupted(const char signal[], void *context)
{
  const Sweep *const s     = context;
  json_t *const      cases = json_array();
  PetscInt           done  = 0;
  char               csv[PETSC_MAX_PATH_LEN];

  for (PetscInt k = 0; k < s->plan.ncases; k++) {
    json_t *const record = HypSweepRead(s->folder, s->fingerprints[k]);

    done += record != NULL;
    json_array_append_new(cases, record ? record : json_null());
  }
  NameCSV(s, csv);
  fprintf(stderr, "hypoco: stopped by %s: %d of %d cases are finished", signal, (int)done,
          (int)s->plan.ncases);
  if (done)
    fprintf(stderr, !HypSweepTableCSV(csv, &s->plan, cases) ? ", %s" : "; %s cannot be written",
            csv);
  fprintf(stderr, "; the same command goes on from there\n");
}

/* Is the bar of the gap more than a tenth of it? */
static PetscInt NoGap(const json_t *results)
{
  const double gap = json_number_value(json_object_get(results, "gap"));

  return json_number_value(json_object_get(results, "gap_error")) > HYP_UNRESOLVED * gap;
}

/* All records, in the order of the cases, as one table; every rank calls, the first one reads */
static PetscErrorCode Finish(const Sweep *s, HypFile file)
{
  json_t        *cases = json_array();
  PetscMPIInt    rank;
  PetscInt       failed = 0, broken = 0, unresolved = 0, gaps = 0;
  PetscReal      total;
  PetscLogDouble now;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  for (PetscInt k = 0; k < s->plan.ncases && !rank; k++) {
    json_t *const record = HypSweepRead(s->folder, s->fingerprints[k]);

    PetscCheck(record, PETSC_COMM_SELF, PETSC_ERR_FILE_READ,
               "%s: the record of case %" PetscInt_FMT " has disappeared", s->folder, k);
    failed += strcmp(json_string_value(json_object_get(record, "status")), "done") ? 1 : 0;
    broken +=
      json_integer_value(json_object_get(json_object_get(record, "results"), "proved_fail")) > 0;
    unresolved += json_number_value(json_object_get(json_object_get(record, "results"),
                                                    "steady_error")) > HYP_UNRESOLVED;
    gaps += NoGap(json_object_get(record, "results"));
    json_array_append_new(cases, record);
  }
  PetscCall(HypSweepTableHDF5(file, s->settings->asked, &s->plan, cases));
  PetscCall(PetscTime(&now));
  total = now - s->start;
  PetscCall(HypFileAttributeReals(file, ".", "total_s", 1, &total));
  if (!rank) {
    char csv[PETSC_MAX_PATH_LEN];

    PetscCall(PetscTime(&now));
    NameCSV(s, csv);
    PetscCall(HypSweepTableCSV(csv, &s->plan, cases));
    PetscCall(HypSweepTablePrint(stdout, &s->plan, cases));
    printf("\n%d cases: %d done now, %d found done, %d failed; %.3g s\ntables     %s, %s\nrecords  "
           "  %s\n",
           (int)s->plan.ncases, (int)s->npending, (int)(s->plan.ncases - s->npending), (int)failed,
           (double)(now - s->start), s->settings->output, csv, s->folder);
    if (unresolved)
      fprintf(stderr,
              "hypoco: warning: in %d of the %d cases the space does not resolve the steady state, "
              "or eps between its nodes: steady_error in %s is above %g\n",
              (int)unresolved, (int)s->plan.ncases, csv, HYP_UNRESOLVED);
    if (gaps)
      fprintf(stderr,
              "hypoco: warning: in %d of the %d cases the spaces of three resolutions do not agree "
              "on the spectral gap: gap_error in %s is above %g of it\n",
              (int)gaps, (int)s->plan.ncases, csv, HYP_UNRESOLVED);
    if (broken) printf("verdict    a proved statement fails in %d cases\n", (int)broken);
    if (broken) PetscCall(HypCliSetExitCode(HYP_EXIT_STATEMENT_FAILED));
    if (failed == s->plan.ncases) {
      fprintf(stderr, "hypoco: error: all %d cases failed; the column 'message' of %s tells why\n",
              (int)failed, csv);
      PetscCall(HypCliSetExitCode(HYP_EXIT_NUMERICAL));
    }
  }
  if (s->settings->json) {
    HypResult result = {.asked = s->settings->asked, .verdict = "done"};

    PetscCall(PetscTime(&now));
    result.total_s = now - s->start;
    result.extra   = json_pack("{s:{s:O,s:i,s:i,s:i}}", "sweep", "cases", cases, "done_now",
                               (int)s->npending, "failed", (int)failed, "proved_fail", (int)broken);
    PetscCall(HypResultWriteJSON(&result, s->settings->json));
    json_decref(result.extra);
  }
  json_decref(cases);
  PetscFunctionReturn(0);
}

PetscErrorCode HypCommandSweep(const HypSettings *settings)
{
  const char  *output = settings->output;
  HypSweepKept kept   = {0};
  Sweep        s      = {.options = settings->options, .settings = settings, .kept = &kept};
  HypFile      file;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&s.start));
  PetscCheck(output, PETSC_COMM_WORLD, PETSC_ERR_ARG_INCOMP,
             "output: a sweep needs a result file, as in -output results/map.h5; finished cases "
             "are kept beside it");
  PetscCall(HypSweepCreate(settings, &s.plan));
  PetscCall(HypFileCreate(PETSC_COMM_WORLD, output, &file));
  PetscCall(HypSweepFolder(output, s.folder, sizeof(s.folder)));
  PetscCall(FindPending(&s));
  PetscCall(Split(&s));
  HypInterruptReport(Interrupted, &s);
  PetscCall(RunPending(&s));
  HypFileHold();
  PetscCall(Finish(&s, file));
  PetscCall(HypFileClose(&file));
  HypInterruptReport(NULL, NULL);
  HypFileAllow();
  PetscCallMPI(MPI_Comm_free(&s.agreement));
  PetscCallMPI(MPI_Comm_free(&s.comm));
  PetscCall(PetscFree2(s.fingerprints, s.pending));
  PetscCall(HypSweepKeptDestroy(&kept));
  PetscCall(HypSweepDestroy(&s.plan));
  PetscFunctionReturn(0);
}
