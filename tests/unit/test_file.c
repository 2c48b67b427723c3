/* Result files: what is written is read back, on any number of ranks;
   what should be refused is refused. */
#include "support.h"
#include <hypoco/result.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static HypModel model;
static HypSpace space;

/* The sentence of the last error, and no printing */
static char           sentence[512];
static PetscErrorCode Keep(MPI_Comm comm, int line, const char *function, const char *file,
                           PetscErrorCode error, PetscErrorType type, const char *message,
                           void *ctx)
{
  (void)comm, (void)line, (void)function, (void)file, (void)ctx;
  if (type == PETSC_ERROR_INITIAL)
    snprintf(sentence, sizeof(sentence), "%s", message ? message : "");
  return error;
}

/* The call fails with this error, and on the first rank the message holds these words */
static void Refuses(PetscErrorCode found, PetscErrorCode expected, const char *one,
                    const char *other)
{
  PetscMPIInt rank;

  assert_int_equal(found, expected);
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  if (!rank && (!strstr(sentence, one) || !strstr(sentence, other)))
    fail_msg("'%s' lacks '%s' or '%s'", sentence, one, other);
}
#define REFUSES(call, expected, one, other)                                                        \
  do {                                                                                             \
    sentence[0] = 0;                                                                               \
    PetscPushErrorHandler(Keep, NULL);                                                             \
    const PetscErrorCode found_ = (call);                                                          \
    PetscPopErrorHandler();                                                                        \
    Refuses(found_, expected, one, other);                                                         \
  } while (0)

static PetscMPIInt Rank(void)
{
  PetscMPIInt rank;

  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  return rank;
}

/* A run: `n` records and a snapshot for each, closed or left as a crash would leave it */
static void WriteRun(const char *path, PetscInt n, Vec h, HypResultFile *open)
{
  /* an open file reads these until it is closed */
  static HypSeries      series;
  static HypResult      result;
  static HypAskedOption time;
  static HypAsked       asked;
  HypResultFile         file;

  time  = (HypAskedOption){"time_end", "1", "command line", json_real(1), PETSC_TRUE};
  asked = (HypAsked){.command = "solve", .count = 1, .options = &time};
  memset(&result, 0, sizeof(result));
  OK(HypSeriesCreate(NULL, n, &series));
  result.asked  = &asked;
  result.model  = model;
  result.space  = space;
  result.series = &series;
  OK(HypResultFileCreate(&result, NULL, path, &file));
  for (PetscInt k = 0; k < n; k++) {
    const HypFunctionals f = {.mass = 0, .norm2 = PetscExpReal(-(PetscReal)k), .H = 2};

    OK(HypSeriesAdd(&series,
                    &(HypObservation){.t = 0.1 * (PetscReal)k, .mass = 1, .functionals = &f}));
    OK(HypResultFileSeries(file));
    OK(HypResultFileSnapshot(file, 0.1 * (PetscReal)k, h));
  }
  if (open) {
    *open = file;
    return;
  }
  OK(HypResultFileClose(&file, h));
  OK(HypSeriesDestroy(&series));
}

static void test_coefficients_return(void **state)
{
  Vec       h, u;
  PetscReal difference;

  (void)state;
  OK(HypSpaceCreateVec(space, &h));
  OK(HypSpaceCreateVec(space, &u));
  TestSmooth(space, 1, h);
  WriteRun("return.h5", 3, h, NULL);
  OK(HypFileCheck(PETSC_COMM_WORLD, "return.h5"));
  OK(HypInitialFromFile(space, "return.h5", u));
  OK(VecAXPY(u, -1, h));
  OK(VecAXPY(u, -1, HypSpaceGetOne(space))); /* the file holds g/M = h + F/M with F = M */
  OK(VecNorm(u, NORM_INFINITY, &difference));
  assert_small(difference, 1e-15, 1);
  OK(VecDestroy(&h));
  OK(VecDestroy(&u));
}

static void test_another_model_is_refused(void **state)
{
  const HypCoordinate c         = HypModelCoordinate(model, 0);
  const PetscInt      d         = HypModelDimension(model);
  PetscReal           amplitude = 0.1;
  HypModel            other;
  HypSpace            elsewhere;
  Vec                 h;

  (void)state;
  OK(HypSpaceCreateVec(space, &h));
  WriteRun("model.h5", 1, h, NULL);
  OK(HypModelCreate(PETSC_COMM_WORLD, &other));
  OK(HypModelSetParameters(other, d, c.omega, HypModelGamma(model), 2.5));
  TestSpace(other, 0.1, &elsewhere);
  REFUSES(HypInitialFromFile(elsewhere, "model.h5", h), PETSC_ERR_ARG_INCOMP, "beta", "2.5");
  /* what was computed from the parameters would stay as it was */
  REFUSES(HypModelSetParameters(model, d, c.omega, HypModelGamma(model), 2.5),
          PETSC_ERR_ARG_WRONGSTATE, "after a space was made", "another model");
  REFUSES(HypModelSetPerturbation(model, TestPerturbation, &amplitude, NULL),
          PETSC_ERR_ARG_WRONGSTATE, "after a space was made", "another model");
  REFUSES(HypModelSetNoise(model, TestNoise, &amplitude, NULL), PETSC_ERR_ARG_WRONGSTATE,
          "after a space was made", "another model");
  OK(HypInitialFromFile(space, "model.h5", h));
  OK(HypSpaceDestroy(&elsewhere));
  OK(HypModelDestroy(&other));
  OK(VecDestroy(&h));
}

static void test_second_run_is_refused(void **state)
{
  HypFile       file;
  HypResultFile first;
  Vec           h;

  (void)state;
  OK(HypSpaceCreateVec(space, &h));
  WriteRun("twice.h5", 1, h, &first);
  REFUSES(HypFileCreate(PETSC_COMM_WORLD, "twice.h5", &file), PETSC_ERR_FILE_OPEN,
          "another run is writing it", "process");
  OK(HypResultFileClose(&first, h));
  WriteRun("twice.h5", 1, h, NULL);
  OK(VecDestroy(&h));
}

static void test_what_a_killed_run_leaves_is_taken_over(void **state)
{
  static const char owner[] = "process 1 on nowhere, since 2000-01-01T00:00:00Z\n";
  Vec               h;

  (void)state;
  if (!Rank()) {
    const int lock = open("killed.h5.lock", O_CREAT | O_WRONLY, 0666),
              rest = open("killed.h5.tmp", O_CREAT | O_WRONLY, 0666);

    assert_int_equal(write(lock, owner, sizeof(owner) - 1), sizeof(owner) - 1);
    assert_int_equal(write(rest, "half", 4), 4);
    close(lock);
    close(rest);
  }
  MPI_Barrier(PETSC_COMM_WORLD);
  OK(HypSpaceCreateVec(space, &h));
  WriteRun("killed.h5", 1, h, NULL);
  OK(HypFileCheck(PETSC_COMM_WORLD, "killed.h5"));
  if (!Rank()) {
    assert_int_not_equal(access("killed.h5.lock", F_OK), 0);
    assert_int_not_equal(access("killed.h5.tmp", F_OK), 0);
  }
  OK(VecDestroy(&h));
}

static void test_unwritable_places_are_refused(void **state)
{
  HypFile file;

  (void)state;
  REFUSES(HypFileCreate(PETSC_COMM_WORLD, "no/such/folder/a.h5", &file), PETSC_ERR_FILE_OPEN,
          "no/such/folder", "does not exist");
  REFUSES(HypFileCreate(PETSC_COMM_WORLD, ".", &file), PETSC_ERR_FILE_OPEN, "is a folder", ".");
}

/* Every byte counts: a bit flipped anywhere, and every shorter length, is noticed without HDF5 */
static void test_damage_is_noticed(void **state)
{
  struct stat status;
  Vec         h;
  int         fd;

  (void)state;
  OK(HypSpaceCreateVec(space, &h));
  WriteRun("damage.h5", 2, h, NULL);
  OK(VecDestroy(&h));
  if (Rank()) return;
  fd = open("damage.h5", O_RDWR);
  assert_true(fd >= 0 && !fstat(fd, &status));
  for (int i = 0; i < 200; i++) {
    const off_t at = (off_t)((double)(status.st_size - 1) * i / 199);
    char        byte, flipped;

    assert_int_equal(pread(fd, &byte, 1, at), 1);
    flipped = (char)(byte ^ (1 << i % 8));
    assert_int_equal(pwrite(fd, &flipped, 1, at), 1);
    REFUSES(HypFileCheck(PETSC_COMM_SELF, "damage.h5"), PETSC_ERR_FILE_UNEXPECTED, "damage.h5", "");
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
  }
  OK(HypFileCheck(PETSC_COMM_SELF, "damage.h5"));
  for (int i = 1; i < 50; i++) {
    assert_int_equal(ftruncate(fd, status.st_size - (i < 25 ? i : (off_t)i * status.st_size / 50)),
                     0);
    REFUSES(HypFileCheck(PETSC_COMM_SELF, "damage.h5"), PETSC_ERR_FILE_UNEXPECTED, "damage.h5", "");
  }
  assert_int_equal(ftruncate(fd, 0), 0);
  REFUSES(HypFileCheck(PETSC_COMM_SELF, "damage.h5"), PETSC_ERR_FILE_UNEXPECTED, "is empty", "");
  close(fd);
}

/* A process killed at any moment after its first publication, however long that takes,
   leaves the last published version */
static void test_kill_leaves_a_good_file(void **state)
{
  PetscMPIInt size;
  int         good = 0;

  (void)state;
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  if (size > 1) return;
  unlink("kill.h5");
  for (int i = 0; i < 40; i++) {
    const pid_t child = fork();

    if (!child) {
      const HypVariable time = {"time", "time", "time", "time", ""};
      HypFile           file;

      if (HypFileCreate(PETSC_COMM_SELF, "kill.h5", &file) ||
          HypFileDimension(file, HYP_UNLIMITED, NULL, &time))
        _exit(1);
      for (PetscReal t = 0;; t++) {
        if (HypFileWrite(file, "time", &t) || HypFilePublish(file)) _exit(1);
      }
    }
    while (access("kill.h5", R_OK) && !waitpid(child, NULL, WNOHANG)) usleep(1000);
    usleep(5000 + 700 * (useconds_t)i);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    good += !HypFileCheck(PETSC_COMM_SELF, "kill.h5");
  }
  assert_int_equal(good, 40);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_coefficients_return),
    cmocka_unit_test(test_another_model_is_refused),
    cmocka_unit_test(test_second_run_is_refused),
    cmocka_unit_test(test_what_a_killed_run_leaves_is_taken_over),
    cmocka_unit_test(test_unwritable_places_are_refused),
    cmocka_unit_test(test_damage_is_noticed),
    cmocka_unit_test(test_kill_leaves_a_good_file),
  };
  int failed;

  if (SlepcInitialize(&argc, &argv, NULL, NULL)) return 1;
  TestModel(&model);
  TestSpace(model, 0.1, &space);
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
  failed += TestUnread();
  return SlepcFinalize() || failed;
}
