/*
   One fv x fv right-hand side -T + L + R against the triad of the same number of elements,
   alternating in one process.

     rhs -d 2 -n 64 -eps none|separable|coupled|full|product1..product4 [-samples 9] [-check]

   Prints one JSON object: nanoseconds an unknown, bytes a second at 16 bytes an unknown,
   and their ratio to the triad at 24; the time of one (shift - L)^{-1};
   -check compares with the plain version of the operator.
*/
#include "bench.h"

static PetscErrorCode Separable(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) eps[i] = 0.2 * PetscSinReal(theta[i] + 0.1 * (PetscReal)i);
  PetscFunctionReturn(0);
}

static PetscErrorCode Coupled(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscReal sum = 0;

  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) sum += theta[i];
  for (PetscInt i = 0; i < d; i++) eps[i] = 0.2 * PetscSinReal(sum + 0.1 * (PetscReal)i);
  PetscFunctionReturn(0);
}

/* No short sum of products: its singular values fall slowly */
static PetscErrorCode Full(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscReal sum = 0;

  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) sum += theta[i];
  for (PetscInt i = 0; i < d; i++) eps[i] = 0.2 * PetscTanhReal(sum + 0.1 * (PetscReal)i);
  PetscFunctionReturn(0);
}

/* As many products as -eps product1 to product4 says */
static PetscErrorCode Products(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  const int products = *(const int *)ctx;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) {
    eps[i] = 0;
    for (int r = 1; r <= products; r++)
      eps[i] += 0.2 / r * PetscCosReal(r * theta[0] + i) * PetscSinReal(theta[d - 1] / r + 1);
  }
  PetscFunctionReturn(0);
}

static void Problem(PetscInt d, PetscInt n, const char eps[], HypModel *model, HypSpace *space)
{
  static int products;
  HypAxis    axis[2];

  OK(HypModelCreate(PETSC_COMM_WORLD, model));
  OK(HypModelSetParameters(*model, d, 1.3, 0.8, 1.7));
  if (!strcmp(eps, "separable")) OK(HypModelSetPerturbation(*model, Separable, NULL, NULL));
  if (!strcmp(eps, "coupled")) OK(HypModelSetPerturbation(*model, Coupled, NULL, NULL));
  if (!strcmp(eps, "full")) OK(HypModelSetPerturbation(*model, Full, NULL, NULL));
  if (!strncmp(eps, "product", 7)) {
    products = eps[7] - '0';
    OK(HypModelSetPerturbation(*model, Products, &products, NULL));
  }
  OK(HypSpaceCreate(*model, HYPSPACETENSOR, space));
  for (int i = 0; i < 2; i++) {
    OK(HypAxisCreate(PETSC_COMM_WORLD, HYPAXISFV, &axis[i]));
    OK(HypAxisSetSize(axis[i], n));
    OK(HypAxisSetUp(axis[i]));
  }
  OK(HypSpaceSetAxes(*space, axis[0], axis[1]));
  OK(HypSpaceSetUp(*space));
}

/* || fused - reference ||/|| reference || */
static PetscReal Difference(HypSpace space, Vec h, Vec Gh)
{
  HypKinetic K;
  PetscReal  difference, norm;
  Vec        plain;

  OK(HypKineticCreate(space, HYP_MATRIX_FREE, &K));
  OK(VecDuplicate(h, &plain));
  OK(HypKineticReference(K, HYP_GENERATOR, PETSC_FALSE, h, plain));
  OK(VecNorm(plain, NORM_2, &norm));
  OK(VecAXPY(plain, -1, Gh));
  OK(VecNorm(plain, NORM_2, &difference));
  OK(VecDestroy(&plain));
  OK(HypKineticDestroy(&K));
  return difference / norm;
}

/* Seconds of one application, as the mean of some */
static double Once(HypSpace space, Vec h, Vec Gh, PetscInt repeats)
{
  double    begin;
  PetscBool done;

  MPI_Barrier(PETSC_COMM_WORLD);
  begin = MPI_Wtime();
  for (PetscInt r = 0; r < repeats; r++) OK(HypSpaceGenerator(space, HYP_GENERATOR, h, Gh, &done));
  return BenchSince(begin) / (double)repeats;
}

int main(int argc, char **argv)
{
  char        eps[16] = "separable";
  PetscInt    d = 1, n = 1024, samples = 9, repeats;
  PetscBool   done, check = PETSC_FALSE;
  PetscRandom random;
  double      t[100], triad[100], ratio[100], solve[3], start, median, triadmedian;
  int         size;
  HypModel    model;
  HypSpace    space;
  Triad       stream;
  Vec         h, Gh;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  OK(PetscOptionsGetInt(NULL, NULL, "-d", &d, NULL));
  OK(PetscOptionsGetInt(NULL, NULL, "-n", &n, NULL));
  OK(PetscOptionsGetInt(NULL, NULL, "-samples", &samples, NULL));
  OK(PetscOptionsGetBool(NULL, NULL, "-check", &check, NULL));
  OK(PetscOptionsGetString(NULL, NULL, "-eps", eps, sizeof(eps), NULL));
  Problem(d, n, eps, &model, &space);
  OK(HypSpaceCreateVec(space, &h));
  OK(HypSpaceCreateVec(space, &Gh));
  OK(PetscRandomCreate(PETSC_COMM_WORLD, &random));
  OK(VecSetRandom(h, random));
  OK(PetscRandomDestroy(&random));
  start = MPI_Wtime();
  OK(HypSpaceGenerator(space, HYP_GENERATOR, h, Gh, &done));
  start   = BenchSince(start);
  repeats = PetscMax(1, (PetscInt)(2e7 / (double)HypSpaceGetSize(space)));
  TriadCreate(HypSpaceGetSize(space), &stream);
  TriadTime(&stream, 1);
  for (PetscInt k = 0; k < samples; k++) {
    triad[k] = TriadTime(&stream, (int)repeats);
    t[k]     = Once(space, h, Gh, repeats);
    ratio[k] = (16 / t[k]) / (24 / triad[k]);
  }
  for (PetscInt k = 0; k < 3; k++) {
    double begin = MPI_Wtime();

    OK(HypSpaceSolveL(space, 10, h, Gh));
    solve[k] = BenchSince(begin);
  }
  OK(HypSpaceGenerator(space, HYP_GENERATOR, h, Gh, &done));
  TriadDestroy(&stream);
  median      = BenchMedian((int)samples, t); /* sorts */
  triadmedian = BenchMedian((int)samples, triad);
  OK(PetscPrintf(
    PETSC_COMM_WORLD,
    "{\"d\": %d, \"n\": %d, \"unknowns\": %d, \"ranks\": %d, \"eps\": \"%s\", "
    "\"ns_per_unknown\": %.3f, \"best_ns_per_unknown\": %.3f, "
    "\"triad_gbytes_per_s\": %.2f, \"of_triad\": %.3f, \"best_of_best_triad\": %.3f, "
    "\"solveL_ns_per_unknown\": %.2f, "
    "\"first_s\": %.3f, \"difference\": %.1e}\n",
    (int)d, (int)n, (int)HypSpaceGetSize(space), size, eps,
    1e9 * median / (double)HypSpaceGetSize(space), 1e9 * t[0] / (double)HypSpaceGetSize(space),
    24e-9 * (double)HypSpaceGetSize(space) / triadmedian, BenchMedian((int)samples, ratio),
    (16 / t[0]) / (24 / triad[0]), 1e9 * BenchMedian(3, solve) / (double)HypSpaceGetSize(space),
    start, check ? (double)Difference(space, h, Gh) : -1.0));
  OK(VecDestroy(&h));
  OK(VecDestroy(&Gh));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
  OK(SlepcFinalize());
  return 0;
}
