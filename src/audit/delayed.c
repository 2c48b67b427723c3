/*
   Theorems 3.2 and 3.4 of He et al., term by term, with delta = eta = 1/K and the time K eta = 1:

     E|X - x| <= C1 (K^{-1/2} + l K^{-3/2}) + C2 e^{L(l+1)}/sqrt(b(l+1))     delays up to l
     E|X - x| <= C3 (K^{-1/2} + l K^{-3/2}) + C4 e^L/sqrt(b)                 a delay of l

   Constants are open, so that powers and growth are judged: what falls with K is a weak order and
   the strong one (algorithms.c), what falls with the batch b, and how the error grows with l.
*/
#include "audit/delayed.h"

enum { ITERATIONS_MOST = 1024, LONGEST = 20, SUBSTEPS = 4, TIMES = 16, STEPS_MOST = 100000 };

/* 1024 coupled paths from 1 until a time, seen at 32 steps */
void HypAlgorithmSettings(HypSampleSettings *settings, const HypAlgorithm *a, PetscReal end,
                          PetscReal dt)
{
  static const PetscReal start[] = {1};

  HypSampleSettingsDefault(settings);
  settings->paths          = 1024;
  settings->start          = start;
  settings->eta            = a->eta;
  settings->kappa          = a->kappa;
  settings->steps          = PetscMax(2, (PetscInt)PetscMin(end / dt + 0.5, 1e9));
  settings->every          = PetscMax(1, settings->steps / 32);
  settings->allow_unstable = PETSC_TRUE;
}

/* K: a multiple of 64 with eta L (l + 1) <= 1 */
PetscInt HypDelayedIterations(const HypAlgorithm *a, PetscInt l)
{
  return 64 * (PetscInt)PetscCeilReal(PetscMax(1, a->curvature * (PetscReal)(l + 1) / 64));
}

/* The longest delay that is tried: the mean staleness */
PetscInt HypDelayedLongest(const HypAlgorithm *a)
{
  return PetscMin(PetscMax(1, (PetscInt)(a->kappa / (1 - a->kappa) + 0.5)), LONGEST);
}

/* E x^2 at TIMES times up to 1 with a delay of l/K,
   in `substeps` steps of the scheme for each iteration:
   one step is the algorithm's own recursion */
static PetscErrorCode Square(const HypAlgorithm *a, PetscInt K, PetscInt l, PetscInt substeps,
                             PetscReal xx[TIMES])
{
  const PetscReal h = 1 / (PetscReal)(K * substeps);
  PetscReal       x, *fixed;
  HypDelayLaw     law = {0, l * substeps, NULL};
  HypHistory      history;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(l * substeps + 1, &fixed));
  fixed[l * substeps] = 1;
  law.probability     = fixed;
  PetscCall(HypHistoryCreate(&law, 0, 1, &history));
  for (PetscInt t = 0; t < TIMES; t++) {
    for (PetscInt j = 0; j < K * substeps / TIMES; j++) /* noise: eta^2 s2 in an iteration */
      HypHistoryStep(history, h * a->curvature, h * a->noise / (PetscReal)K, -1);
    HypHistoryMoments(history, &x, &xx[t]);
  }
  PetscCall(HypHistoryDestroy(&history));
  PetscCall(PetscFree(fixed));
  PetscFunctionReturn(0);
}

/* The weak order in 1/K of max_t |E x^2 - E X^2|, by exact moments; X by two schemes,
   extrapolated */
PetscErrorCode HypDelayedWeak(const HypAlgorithm *a, PetscReal sides[3])
{
  const PetscInt l = HypDelayedLongest(a), first = 4 * HypDelayedIterations(a, l);
  PetscReal      error[3], xx[3][TIMES];

  PetscFunctionBeginUser;
  if (first > ITERATIONS_MOST) PetscFunctionReturn(0);
  for (int k = 0; k < 3; k++) {
    PetscCall(Square(a, first << k, l, 1, xx[0]));
    PetscCall(Square(a, first << k, l, SUBSTEPS, xx[1]));
    PetscCall(Square(a, first << k, l, 2 * SUBSTEPS, xx[2]));
    error[k] = 0;
    for (int t = 0; t < TIMES; t++)
      error[k] = PetscMax(error[k], PetscAbsReal(xx[0][t] - (2 * xx[2][t] - xx[1][t])));
  }
  sides[0] = PetscLogReal(error[1] / error[2]) / PetscLogReal(2);
  sides[1] = 1;
  sides[2] = 3 * PetscAbsReal(sides[0] - PetscLogReal(error[0] / error[1]) / PetscLogReal(2)) + .02;
  PetscFunctionReturn(0);
}

/* E|x - X| of coupled paths with delays of l, or up to l, and batches of b; without noise too */
static PetscErrorCode Distance(const HypAlgorithm *a, PetscInt K, HypStalenessLaw law, PetscInt l,
                               PetscInt b, PetscBool noise, HypCoupled *found)
{
  const HypAlgorithm level    = {1 / (PetscReal)K, 0, a->curvature, a->noise};
  const PetscReal    slope    = noise ? PetscSqrtReal(a->noise) : 0;
  const PetscReal    slopes[] = {slope, -slope};
  HypSampleSettings  settings;
  HypLoss            loss;

  PetscFunctionBeginUser;
  HypAlgorithmSettings(&settings, &level, 1, level.eta);
  settings.law      = law;
  settings.bound    = l;
  settings.batch    = b;
  settings.substeps = SUBSTEPS;
  PetscCall(HypLossCreateQuadratic(1, 2, &a->curvature, slopes, &loss));
  PetscCall(HypCoupledRun(PETSC_COMM_SELF, &settings, "sdde", loss, found));
  PetscCall(HypLossDestroy(&loss));
  PetscFunctionReturn(0);
}

/* What the noise adds to the distance falls like b^{-1/2} or faster: the order in 1/b,
   where it can be told from sampling */
PetscErrorCode HypDelayedBatch(const HypAlgorithm *a, PetscReal sides[3])
{
  const PetscInt l = HypDelayedLongest(a), K = HypDelayedIterations(a, l);
  HypCoupled     found[3], plain;

  PetscFunctionBeginUser;
  if (K > ITERATIONS_MOST) PetscFunctionReturn(0);
  PetscCall(Distance(a, K, HYP_STALENESS_FIXED, l, 1, PETSC_FALSE, &plain));
  for (int k = 0; k < 3; k++) {
    PetscCall(Distance(a, K, HYP_STALENESS_FIXED, l, 1 << 2 * k, PETSC_TRUE, &found[k]));
    found[k].strong -= plain.strong;
    found[k].eta = PetscPowReal(4, -k); /* in place of the learning rate: 1/b */
    if (found[k].strong >= 10 * found[k].strong_error) continue;
    HypSidesCannotTell(sides);
    PetscFunctionReturn(0);
  }
  PetscCall(HypCoupledOrder(3, found, 1, &sides[0], &sides[2]));
  sides[1] = 0.5;
  PetscFunctionReturn(0);
}

/* max over l of the error divided by growth(l) times that without delay */
static PetscErrorCode Growth(const HypAlgorithm *a, HypStalenessLaw law, PetscReal sides[3])
{
  const PetscInt longest = HypDelayedLongest(a), K = HypDelayedIterations(a, longest);
  HypCoupled     none;

  PetscFunctionBeginUser;
  if (K > ITERATIONS_MOST) PetscFunctionReturn(0);
  PetscCall(Distance(a, K, HYP_STALENESS_FIXED, 0, 1, PETSC_TRUE, &none));
  sides[0] = 0;
  sides[1] = 1;
  for (PetscInt l = 1; l <= longest; l *= 2) {
    const PetscReal bound = law == HYP_STALENESS_FIXED
                              ? PetscExpReal(a->curvature) * (1 + (PetscReal)l / (PetscReal)K)
                              : PetscExpReal(a->curvature * (PetscReal)(l + 1));
    HypCoupled      found;

    PetscCall(Distance(a, K, law, l, 1, PETSC_TRUE, &found));
    if (found.strong / (bound * none.strong) <= sides[0]) continue;
    sides[0] = found.strong / (bound * none.strong);
    sides[2] = sides[0] * 2 * (found.strong_error / found.strong + none.strong_error / none.strong);
  }
  PetscFunctionReturn(0);
}

/* A constant delay enters only through l K^{-3/2} */
PetscErrorCode HypDelayedConstant(const HypAlgorithm *a, PetscReal sides[3])
{
  PetscFunctionBeginUser;
  PetscCall(Growth(a, HYP_STALENESS_FIXED, sides));
  PetscFunctionReturn(0);
}

/* A random one through e^{L(l+1)} */
PetscErrorCode HypDelayedRandom(const HypAlgorithm *a, PetscReal sides[3])
{
  PetscFunctionBeginUser;
  PetscCall(Growth(a, HYP_STALENESS_UNIFORM, sides));
  PetscFunctionReturn(0);
}

/*
  Theorem 4.2 and Corollary 4.3 with mu = L = a, eta_k = 1/(a k), time k delta, delta = .1, a delay
  of l steps, or none, where 2 L^2 D^2 tau is left out:
  (t - 1) a^2 E x^2/((delta + 1)(H + 2 a^2 D^2 l delta) ln t), largest over t in (1, 200],
  with H = s2 + 2 a^2 D^2.
  No path with noise stays in a ball of radius D; D^2 is the largest E x^2 of all k.
*/
static PetscErrorCode Decreasing(const HypAlgorithm *a, PetscInt l, PetscReal sides[3])
{
  enum { STEPS = 2000 };
  const PetscReal   delta = 0.1, a2 = PetscSqr(a->curvature);
  PetscReal         fixed[LONGEST + 1] = {0}, xx[STEPS], x, D2 = 1;
  const HypDelayLaw law = {0, l, fixed};
  HypHistory        history;

  PetscFunctionBeginUser;
  fixed[l] = 1;
  PetscCall(HypHistoryCreate(&law, 0, 1, &history));
  for (PetscInt k = 1; k <= STEPS; k++) {
    const PetscReal eta = 1 / (a->curvature * (PetscReal)k);

    HypHistoryMoments(history, &x, &xx[k - 1]);
    D2 = PetscMax(D2, xx[k - 1]);
    HypHistoryStep(history, eta * a->curvature, eta * eta * a->noise, -1);
  }
  PetscCall(HypHistoryDestroy(&history));
  sides[0] = 0;
  sides[1] = 1;
  sides[2] = 1e-9;
  for (PetscInt k = (PetscInt)(1 / delta + 1.5); k <= STEPS; k++) {
    const PetscReal t = (PetscReal)k * delta;

    sides[0] = PetscMax(sides[0], (t - 1) * a2 * xx[k - 1] /
                                    ((delta + 1) * PetscLogReal(t) *
                                     (a->noise + 2 * a2 * D2 * (1 + (PetscReal)l * delta))));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HypDelayedDecreasing(const HypAlgorithm *a, PetscReal sides[3])
{
  PetscFunctionBeginUser;
  PetscCall(Decreasing(a, HypDelayedLongest(a), sides));
  PetscFunctionReturn(0);
}

PetscErrorCode HypDelayedDecreasingNone(const HypAlgorithm *a, PetscReal sides[3])
{
  PetscFunctionBeginUser;
  PetscCall(Decreasing(a, 0, sides));
  PetscFunctionReturn(0);
}

/*
  Theorem 4.1 for E x^2, whose constant is open: with rho = .9 * 2 |ln z|, z the slowest root,
  max_j |E x_j^2 - limit| e^(rho j) over j in (J, 2 J], over the same for j in [0, J];
  |z|^(2 J) = e^-8, and the limit is what is left after |z|^(2 j) = e^-36.
*/
PetscErrorCode HypDelayedSquare(const HypAlgorithm *a, PetscReal sides[3])
{
  const PetscInt    l                  = HypDelayedLongest(a);
  PetscReal         fixed[LONGEST + 1] = {0}, *xx, discrete, x, half[2] = {0, 0};
  const HypDelayLaw law = {0, l, fixed};
  HypHistory        history;
  PetscInt          J, steps;

  PetscFunctionBeginUser;
  PetscCall(HypDelayDiscreteRate(a->eta * a->curvature, l, &discrete));
  if (!(discrete < 0)) HypSidesDoNotApply(sides); /* V < 0 is its hypothesis */
  if (!(discrete < 0) || -18 / discrete > STEPS_MOST) PetscFunctionReturn(0);
  J        = (PetscInt)PetscCeilReal(-4 / discrete);
  steps    = (PetscInt)PetscCeilReal(-18 / discrete) + 2 * J;
  fixed[l] = 1;
  PetscCall(PetscMalloc1(steps + 1, &xx));
  PetscCall(HypHistoryCreate(&law, 0, 1, &history));
  for (PetscInt j = 0; j <= steps; j++) {
    HypHistoryMoments(history, &x, &xx[j]);
    HypHistoryStep(history, a->eta * a->curvature, a->eta * a->eta * a->noise, -1);
  }
  PetscCall(HypHistoryDestroy(&history));
  for (PetscInt j = 0; j <= 2 * J; j++)
    half[j > J] = PetscMax(half[j > J], PetscAbsReal(xx[j] - xx[steps]) *
                                          PetscExpReal(-1.8 * discrete * (PetscReal)j));
  sides[0] = half[1] / half[0];
  sides[1] = 1;
  sides[2] = 1e-6;
  PetscCall(PetscFree(xx));
  PetscFunctionReturn(0);
}
