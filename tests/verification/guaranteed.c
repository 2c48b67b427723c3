/*
   The contraction certificate against spectra: -cases random perturbations, both models,
   d = 1 and 2, frequencies alike and not, gradients and not.
   The guaranteed rate never exceeds the gap on a resolved space, by the ball in which Deps is known
   to be, for some of them by the search that `verify` does,
   and one made larger on purpose does so.
   What the search finds lies in that ball, so that its rate is no smaller.
*/
#include "random.h"
#include "support.h"
#include <hypoco/bounds.h>
#include <hypoco/spectrum.h>
#include <math.h>

/* eps = sum of two waves u sin(k.theta + phase); u parallel to k: a gradient.
   |Deps| <= sum |u| |k| */
typedef struct {
  PetscReal u[2][2], k[2][2], phase[2];
} Waves;

static PetscErrorCode Eps(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  const Waves *w = (const Waves *)ctx;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) eps[i] = 0;
  for (PetscInt m = 0; m < 2; m++) {
    PetscReal argument = w->phase[m];

    for (PetscInt i = 0; i < d; i++) argument += w->k[m][i] * theta[i];
    for (PetscInt i = 0; i < d; i++) eps[i] += w->u[m][i] * PetscSinReal(argument);
  }
  PetscFunctionReturn(0);
}

/* Waves with sum |u| |k| = r */
static void MakeWaves(PetscInt d, PetscBool gradient, PetscReal r, Waves *w)
{
  const PetscReal share = Uniform(0, 1);

  for (PetscInt m = 0; m < 2; m++) {
    const PetscReal length = Uniform(0.4, 1.3), a = Uniform(0, 2 * PETSC_PI),
                    b    = gradient ? a : Uniform(0, 2 * PETSC_PI),
                    size = r * (m ? 1 - share : share) / length;

    w->k[m][0]  = d == 1 ? length : length * PetscCosReal(a);
    w->k[m][1]  = length * PetscSinReal(a);
    w->u[m][0]  = d == 1 ? size : size * PetscCosReal(b);
    w->u[m][1]  = size * PetscSinReal(b);
    w->phase[m] = Uniform(0, 2 * PETSC_PI);
  }
}

enum { EVERY = 31 }; /* searches are the dear part */

static PetscReal Gap(HypModel model, PetscInt degree)
{
  HypSpace    space;
  HypKinetic  K;
  HypSpectrum spectrum;
  PetscReal   gap;

  OK(HypSpaceCreate(model, HYPSPACESIMPLEX, &space));
  OK(HypSpaceSetDegree(space, degree));
  OK(HypSpaceSetUp(space));
  OK(HypKineticCreate(space, HYP_ASSEMBLED, &K));
  OK(HypSpectrumCompute(K, 3, &spectrum));
  gap = spectrum.gap;
  OK(HypSpectrumDestroy(&spectrum));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
  return gap;
}

/* As verify does; where two waves beat slowly, by the slopes that are known.
   No slower than the ball, in which Deps is known to be */
static void Search(HypModel model, PetscReal r, HypContraction *certificate)
{
  const PetscReal ball = certificate->mu;
  HypSlopes       slopes;

  OK(HypSlopesSearch(model, &slopes));
  if (!slopes.bounded) {
    assert_null(strstr(slopes.remark, "unbounded"));
    OK(HypSlopesDestroy(&slopes));
    OK(HypSlopesGiven(model, -r, r, &slopes));
  }
  OK(HypContractionCompute(model, &slopes, certificate));
  assert_true(certificate->mu >= ball - 1e-7 * HypModelGamma(model));
  OK(HypSlopesDestroy(&slopes));
}

static void test_never_exceeds_the_gap(void **state)
{
  PetscInt  cases = 24, oscillating = 0, gained = 0;
  PetscReal worst = 0;

  (void)state;
  OK(PetscOptionsGetInt(NULL, NULL, "-cases", &cases, NULL));
  for (PetscInt n = 0; n < cases; n++) {
    const PetscInt  d = n % 4 == 3 ? 2 : 1;
    const PetscReal w = Uniform(0.7, 1.5), omega[2] = {w, n % 8 == 3 ? w : Uniform(w, 2 * w)},
                    gamma = Uniform(0.4, 4) * w, k = w * w, kappa = k - gamma * gamma / 4,
                    border =
                      kappa > gamma * gamma / 4 ? gamma * PetscSqrtReal(kappa) : k, /* mu = 0 */
      r                     = border * (n % 8 == 0 ? 1e-3 : Uniform(0.05, 0.9));
    const PetscReal beta[2] = {Uniform(1, 4), Uniform(1, 4)};
    HypModel        model;
    HypContraction  certificate, searched;
    Waves           waves;
    PetscReal       gap, error, before;
    PetscInt        degree = d == 1 ? 16 : 6;

    MakeWaves(d, n % 8 < 4 ? PETSC_TRUE : PETSC_FALSE, r, &waves);
    OK(HypModelCreate(PETSC_COMM_WORLD, &model));
    OK(HypModelSetType(model, n % 3 ? HYP_ASGD : HYP_MOMENTUM));
    OK(HypModelSetCoordinates(model, d, gamma, omega, beta, NULL));
    OK(HypModelSetPerturbation(model, Eps, &waves, NULL));
    OK(HypContractionBall(d, omega, gamma, 0, r, &certificate));
    assert_true(certificate.mu > 0);
    searched = certificate;
    if (n % EVERY == 0) Search(model, r, &searched);
    gap = Gap(model, degree);
    do { /* until a space half as large again changes it by less than 1e-3 */
      degree += degree / 2;
      before = gap;
      gap    = Gap(model, degree);
      error  = PetscAbsReal(gap - before);
    } while (error > 1e-3 * gap && degree < (d == 1 ? 80 : 24));
    if (error > 1e-3 * gap)
      fail_msg("case %d: gap %.8g +- %.1e is not resolved", (int)n, (double)gap, (double)error);
    worst = PetscMax(worst, searched.mu / gap);
    oscillating += certificate.frequency > 0;
    if (n % 8 == 0) assert_true(1.01 * certificate.mu > gap + error);
    if (searched.mu > gap + error)
      fail_msg("case %d: guaranteed %.8g, gap %.8g +- %.1e", (int)n, (double)searched.mu,
               (double)gap, (double)error);
    gained += searched.mu > certificate.mu + 1e-3 * gamma;
    if (n % EVERY == 0) OK(HypContractionDestroy(&searched));
    OK(HypContractionDestroy(&certificate));
    OK(HypModelDestroy(&model));
  }
  print_message(
    "%d cases, all resolved to 1e-3, %d under-damped, %d with more than the ball gives; the "
    "certificate is at most %.6f of the gap\n",
    (int)cases, (int)oscillating, (int)gained, (double)worst);
  assert_true(oscillating > cases / 10 && oscillating < cases - cases / 10);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_never_exceeds_the_gap),
  };
  int failed;

  if (SlepcInitialize(&argc, &argv, NULL, NULL)) return 1;
  OK(RandomStart(300));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  OK(PetscRandomDestroy(&Random));
  failed += TestUnread();
  if (SlepcFinalize()) return 1;
  return failed;
}
