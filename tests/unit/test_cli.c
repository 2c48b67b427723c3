/*
   The program's frame, with commands made for the purpose: what is answered before MPI starts,
   exit codes, the one sentence of a failure, and ranks that fail alone.
   The program runs itself, alone or under mpiexec, and reads what it printed.
*/
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "program/program.h"
#include <hypoco/version.h>
#include <petscksp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *self;
static char        folder[] = "/tmp/hypoco-cli-XXXXXX";

static PetscErrorCode commandOk(const HypSettings *s)
{
  PetscFunctionBegin;
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "gamma = %g\n", s->model_gamma));
  PetscFunctionReturn(0);
}

static PetscErrorCode commandStatement(const HypSettings *s)
{
  (void)s;
  return HypCliSetExitCode(HYP_EXIT_STATEMENT_FAILED);
}

static PetscErrorCode failDeeper(PetscErrorCode error)
{
  PetscFunctionBegin;
  PetscCheck(!error, PETSC_COMM_WORLD, error, "the number %d is not allowed\nsecond line", 7);
  PetscFunctionReturn(0);
}

static PetscErrorCode commandRange(const HypSettings *s)
{
  PetscFunctionBegin;
  (void)s;
  PetscCall(failDeeper(PETSC_ERR_ARG_OUTOFRANGE));
  PetscFunctionReturn(0);
}

static PetscErrorCode commandFile(const HypSettings *s)
{
  PetscFunctionBegin;
  (void)s;
  PetscCall(failDeeper(PETSC_ERR_FILE_WRITE));
  PetscFunctionReturn(0);
}

static PetscErrorCode commandDiverged(const HypSettings *s)
{
  PetscFunctionBegin;
  (void)s;
  PetscCall(failDeeper(PETSC_ERR_NOT_CONVERGED));
  PetscFunctionReturn(0);
}

/* An error that the command survives, then one that it does not */
static PetscErrorCode commandSurvive(const HypSettings *s)
{
  PetscFunctionBegin;
  (void)s;
  if (failDeeper(PETSC_ERR_SUP))
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "survived: %s\n", HypCliTakeError(PETSC_COMM_WORLD)));
  PetscCheck(HypCliTakeError(PETSC_COMM_WORLD)[0] == 0, PETSC_COMM_WORLD, PETSC_ERR_PLIB,
             "the error was not taken");
  SETERRQ(PETSC_COMM_WORLD, PETSC_ERR_FILE_OPEN, "the second error");
}

/* Ranks above 0 fail, each in its own way; rank 0 does not */
static PetscErrorCode commandAlone(const HypSettings *s)
{
  PetscMPIInt rank;

  PetscFunctionBegin;
  (void)s;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCheck(rank != 1, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "only rank 1 fails like this");
  PetscCheck(rank != 2, PETSC_COMM_SELF, PETSC_ERR_SUP, "only rank 2 fails like that");
  PetscFunctionReturn(0);
}

/* Rank 1 fails while the others wait for it */
static PetscErrorCode commandStuck(const HypSettings *s)
{
  PetscMPIInt rank;

  PetscFunctionBegin;
  (void)s;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCheck(rank != 1, PETSC_COMM_SELF, PETSC_ERR_FILE_READ, "rank 1 cannot go on");
  PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD));
  PetscFunctionReturn(0);
}

static PetscErrorCode commandLinear(const HypSettings *s)
{
  KSP ksp;

  PetscFunctionBegin;
  PetscCall(KSPCreate(PETSC_COMM_WORLD, &ksp));
  PetscCall(KSPSetFromOptions(ksp));
  PetscCall(HypCliCheckUnused(s->options));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "first step\n"));
  PetscCall(KSPDestroy(&ksp));
  PetscFunctionReturn(0);
}

static const HypCommand commands[] = {
  {"ok", commandOk, "succeed"},
  {"statement", commandStatement, "end with 1"},
  {"range", commandRange, "end with 2"},
  {"file", commandFile, "end with 4"},
  {"diverged", commandDiverged, "end with 3"},
  {"survive", commandSurvive, "fail twice"},
  {"alone", commandAlone, "fail on ranks 1 and 2"},
  {"stuck", commandStuck, "fail on rank 1 while the others wait"},
  {"linear", commandLinear, "use a KSP"},
};

typedef struct {
  int  code;
  char out[16384], err[16384];
} Outcome;

static void slurp(const char *name, char *text, size_t size)
{
  FILE *const stream = fopen(name, "r");

  assert_non_null(stream);
  text[fread(text, 1, size - 1, stream)] = 0;
  fclose(stream);
}

static Outcome run(int ranks, const char *environment, const char *arguments)
{
  Outcome outcome;
  char    command[2048], launch[64] = "";
  int     status;

  if (ranks > 1) snprintf(launch, sizeof(launch), "mpiexec -n %d", ranks);
  snprintf(command, sizeof(command),
           "cd %s && %s OMPI_MCA_rmaps_base_oversubscribe=1 %s '%s' %s >out 2>err", folder,
           environment, launch, self, arguments);
  status = system(command);
  assert_true(WIFEXITED(status));
  outcome.code = WEXITSTATUS(status);
  snprintf(command, sizeof(command), "%s/out", folder);
  slurp(command, outcome.out, sizeof(outcome.out));
  snprintf(command, sizeof(command), "%s/err", folder);
  slurp(command, outcome.err, sizeof(outcome.err));
  return outcome;
}

static size_t occurrences(const char *text, const char *what)
{
  size_t count = 0;

  for (; (text = strstr(text, what)); text += strlen(what)) ++count;
  return count;
}

/* The code, and all that is on stderr */
static void expect(const char *arguments, int code, const char *err)
{
  const Outcome outcome = run(1, "", arguments);

  if (outcome.code != code || strcmp(outcome.err, err) != 0)
    fail_msg("%s: code %d, '%s'; wanted %d, '%s'", arguments, outcome.code, outcome.err, code, err);
}

static void testAnswers(void **state)
{
  Outcome outcome = run(1, "", "--version");

  (void)state;
  assert_int_equal(outcome.code, 0);
  assert_true(strncmp(outcome.out, "hypoco " HYP_VERSION, strlen("hypoco " HYP_VERSION)) == 0);
  outcome = run(1, "", "--help");
  assert_int_equal(outcome.code, 0);
  assert_non_null(strstr(outcome.out, "  stuck     fail on rank 1"));
  outcome = run(1, "", "");
  assert_int_equal(outcome.code, 2);
  assert_non_null(strstr(outcome.err, "Commands:"));
  outcome = run(1, "", "ok --help");
  assert_int_equal(outcome.code, 0);
  assert_non_null(strstr(outcome.out, "hypoco ok: succeed"));
  assert_non_null(strstr(outcome.out, "-progress"));
  outcome = run(1, "", "--help-markdown");
  assert_non_null(strstr(outcome.out, "| `model_gamma` |"));
  outcome = run(2, "", "--version");
  assert_int_equal(outcome.code, 0);
  assert_int_equal(occurrences(outcome.out, "hypoco " HYP_VERSION), 1);
}

static void testBadInput(void **state)
{
  Outcome outcome;

  (void)state;
  expect("okay", 2,
         "hypoco: error: unknown command 'okay'; did you mean 'ok'? commands are ok, statement, "
         "range, file, "
         "diverged, survive, alone, stuck, linear\n");
  expect("ok", 2,
         "hypoco: error: no option file and no options; write 'hypoco ok FILE.yaml' or see 'hypoco "
         "ok --help'\n");
  expect("ok missing.yaml", 4,
         "hypoco: error: option file 'missing.yaml' cannot be read: No such file or directory\n");
  expect("ok -model_gamma -1", 2,
         "hypoco: error: command line: model_gamma: '-1' is not allowed, it must be a real number "
         "in [1e-30,1e30]\n");
  outcome = run(2, "", "ok -model_bet 1");
  assert_int_equal(outcome.code, 2);
  assert_int_equal(occurrences(outcome.err, "unknown option 'model_bet'; nearest: model_beta;"), 1);
}

static void testExitCodes(void **state)
{
  (void)state;
  expect("ok -debug false", 0, "");
  expect("statement -debug false", 1, "");
  expect("range -debug false", 2, "hypoco: error: the number 7 is not allowed\n");
  expect("diverged -debug false", 3, "hypoco: error: the number 7 is not allowed\n");
  expect("file -debug false", 4, "hypoco: error: the number 7 is not allowed\n");
}

static void testSurvivedError(void **state)
{
  const Outcome outcome = run(1, "", "survive -debug false");

  (void)state;
  assert_int_equal(outcome.code, 4);
  assert_string_equal(outcome.out, "survived: the number 7 is not allowed\n");
  assert_string_equal(outcome.err, "hypoco: error: the second error\n");
}

static void testTrace(void **state)
{
  const Outcome outcome = run(1, "", "range -debug");

  (void)state;
  assert_int_equal(outcome.code, 2);
  assert_non_null(strstr(outcome.err, "failDeeper() at "));
}

static void testRanks(void **state)
{
  Outcome outcome = run(3, "", "ok -model_gamma 2");

  (void)state;
  assert_int_equal(outcome.code, 0);
  assert_string_equal(outcome.out, "gamma = 2\n");
  outcome = run(3, "", "range -debug false");
  assert_int_equal(outcome.code, 2);
  assert_int_equal(occurrences(outcome.err, "hypoco: error: the number 7 is not allowed\n"), 1);
  outcome = run(3, "", "alone -debug false");
  assert_int_equal(outcome.code, 4);
  assert_int_equal(occurrences(outcome.err, "hypoco: error:"), 1);
  assert_non_null(strstr(outcome.err, "only rank 1 fails like this"));
  outcome = run(2, "", "stuck -debug false"); /* a program that hung would be CTest's to end */
  assert_int_equal(outcome.code, 4);
  assert_non_null(strstr(
    outcome.err, "hypoco: error: rank 1 cannot go on (other ranks cannot go on without this one"));
}

/* Neither a forgotten .petscrc nor the environment may change a run */
static void testNothingElseIsRead(void **state)
{
  char    name[128];
  FILE   *stream;
  Outcome outcome;

  (void)state;
  snprintf(name, sizeof(name), "%s/.petscrc", folder);
  stream = fopen(name, "w");
  assert_non_null(stream);
  fputs("-ksp_type nonsense\n", stream);
  fclose(stream);
  outcome = run(1, "PETSC_OPTIONS='-ksp_type nonsense'", "linear -debug false");
  assert_int_equal(outcome.code, 0);
  outcome = run(1, "", "linear -options_file .petscrc");
  assert_int_equal(outcome.code, 2);
  assert_non_null(strstr(outcome.err, "nonsense"));
  assert_int_equal(unlink(name), 0);
}

static void testUnused(void **state)
{
  Outcome outcome =
    run(1, "", "linear -ksp_rtol 1e-3 -ksp_type gmres -log_view :/dev/null -petsc_help false");

  (void)state;
  assert_int_equal(outcome.code, 0);
  outcome = run(1, "", "linear -ksp_rtoll 1e-3");
  assert_int_equal(outcome.code, 2);
  assert_string_equal(outcome.out, "");
  assert_string_equal(outcome.err, "hypoco: error: command line: nothing in this run reads the "
                                   "option ksp_rtoll; check its name, or remove it\n");
  outcome = run(1, "", "linear -eps_lon 1");
  assert_non_null(strstr(outcome.err, "nearest: epsilon"));
  outcome = run(
    1, "", "linear -mat_view"); /* could still be read before the first step, is not at the end */
  assert_int_equal(outcome.code, 2);
  assert_string_equal(outcome.out, "first step\n");
}

static int makeFolder(void **state)
{
  (void)state;
  return !mkdtemp(folder);
}

static int removeFolder(void **state)
{
  char command[128];

  (void)state;
  snprintf(command, sizeof(command), "rm -r %s", folder);
  return system(command) != 0;
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(testAnswers),
    cmocka_unit_test(testBadInput),
    cmocka_unit_test(testExitCodes),
    cmocka_unit_test(testSurvivedError),
    cmocka_unit_test(testTrace),
    cmocka_unit_test(testRanks),
    cmocka_unit_test(testNothingElseIsRead),
    cmocka_unit_test(testUnused),
  };

  /* Run by CTest it has no arguments;
     run by itself without arguments it is told apart by the environment */
  if (HypAllowTypes()) return 1;
  if (argc > 1 || getenv("HYP_TEST_CLI"))
    return HypCliMain(argc, argv, commands, sizeof(commands) / sizeof(commands[0]));
  self = realpath(argv[0], NULL);
  setenv("HYP_TEST_CLI", "1", 1);
  return cmocka_run_group_tests(tests, makeFolder, removeFolder);
}
