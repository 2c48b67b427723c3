/*
   Statements of An, Lu and Ying and of He et al.
   that speak about numbers, put to the test for one algorithm on one curvature:
   each row has a function that returns both sides and the tolerance that its derivation leaves.
*/
#include <hypoco/moments.h>

/* Moments long after the start:
   the slowest mode of an equation with friction g and curvature a has died out */
static PetscReal Late(const HypAlgorithm *a)
{
  const PetscReal g    = PetscSqrtReal((1 - a->kappa) / a->eta),
                  slow = g * g > 4 * a->curvature
                           ? (g - PetscSqrtReal(g * g - 4 * a->curvature)) / 2
                           : g / 2;

  return 40 / slow;
}

/* Theorem 3: a weak order of at least 1 at fixed friction */
static PetscErrorCode Theorem3(const HypAlgorithm *a, PetscReal sides[3])
{
  PetscReal error, drift;

  PetscFunctionBeginUser;
  PetscCall(HypSmeWeakOrder(a, PETSC_TRUE, &error, &sides[0], &drift));
  sides[1] = 1;
  sides[2] = 3 * drift + 0.02;
  PetscFunctionReturn(0);
}

/* (5.4)-(5.5): the printed stationary E X^2 is the limit of the moment equations */
static PetscErrorCode Stationary(const HypAlgorithm *a, PetscReal sides[3])
{
  HypSmeMoments late, printed;

  PetscFunctionBeginUser;
  PetscCall(HypSmeMomentsAt(a, PETSC_FALSE, 1, Late(a), &late));
  PetscCall(HypSmeStationary(a, PETSC_FALSE, &printed));
  sides[0] = late.xx;
  sides[1] = printed.xx;
  sides[2] = 1e-9 * printed.xx;
  PetscFunctionReturn(0);
}

/* (5.6): 1 - 4e maximises the rate; the exact optimum is ((1-e)/(1+e))^2 = 1 - 4e + 8e^2 - ... */
static PetscErrorCode Optimum(const HypAlgorithm *a, PetscReal sides[3])
{
  const PetscReal e = a->eta * a->curvature;

  PetscFunctionBeginUser;
  sides[0] = 1 - 4 * e;
  sides[1] = PetscSqr((1 - e) / (1 + e));
  sides[2] = 8 * e * e;
  PetscFunctionReturn(0);
}

/* Prop. 1: momentum k with learning rate eta (1-k) has the stationary law of M in (2.5),
   E M^2 = eta s2/(2a) */
static PetscErrorCode Proposition1(const HypAlgorithm *a, PetscReal sides[3])
{
  const HypAlgorithm momentum = {a->eta * (1 - a->kappa), 0, a->curvature, a->noise};
  PetscReal          mean;

  PetscFunctionBeginUser;
  PetscCall(HypSmeMsgdMomentsAt(&momentum, a->kappa, 1, Late(a), &mean, &sides[0]));
  sides[1] = a->eta * a->noise / (2 * a->curvature);
  sides[2] = 1e-9 * sides[1];
  PetscFunctionReturn(0);
}

/* Theorem 4.1 of He et al., a delay of k/(1-k) steps, the mean:
   V of the equation against the algorithm's ln|z|/eta.
   Roots of z^{l+1} - z^l + e and of the equation differ by O(eta) relative;
   twice the change at eta/2 is the allowance */
static PetscErrorCode DelayRate(const HypAlgorithm *a, PetscReal sides[3])
{
  const PetscInt  delay = PetscMax(1, (PetscInt)(a->kappa / (1 - a->kappa) + 0.5));
  const PetscReal e     = a->eta * a->curvature;
  PetscReal       finer;

  PetscFunctionBeginUser;
  sides[0] = sides[1] = NAN;
  if (delay > 200) PetscFunctionReturn(0);
  PetscCall(HypDelayRate(1, &a->curvature, (PetscReal)delay * a->eta, &sides[1]));
  PetscCall(HypDelayDiscreteRate(e, delay, &sides[0]));
  PetscCall(HypDelayDiscreteRate(e / 2, 2 * delay, &finer));
  sides[0] /= a->eta;
  sides[2] = 3 * PetscAbsReal(sides[0] - 2 * finer / a->eta);
  PetscFunctionReturn(0);
}

static const struct {
  const char *name, *source, *relation;
  PetscErrorCode (*sides)(const HypAlgorithm *, PetscReal sides[3]);
} rows[HYP_ALGORITHM_STATEMENTS] = {
  {"weak order in eta", "AN Theorem 3", ">=", Theorem3},
  {"stationary E X^2", "AN (4.3), (5.4)-(5.5)", "=", Stationary},
  {"fastest staleness, to first order", "AN (5.6)", "=", Optimum},
  {"momentum's stationary E theta^2", "AN Prop. 1", "=", Proposition1},
  {"rate of a fixed delay, to first order", "HE Theorem 4.1", "=", DelayRate},
};

/*@
  HypAlgorithmStatementsJudge - Puts the computable statements of An, Lu and Ying and of He et al.
  to the test

  Not collective

  Input Parameter:
. algorithm - a stable algorithm with a positive staleness rate

  Output Parameter:
. statements - HYP_ALGORITHM_STATEMENTS of them; not applicable where a side is not known

  Level: intermediate

.seealso: HypSmeWeakOrder(), HypTheoryReportCompute()
@*/
PetscErrorCode HypAlgorithmStatementsJudge(const HypAlgorithm   *algorithm,
                                           HypAlgorithmStatement statements[])
{
  const PetscBool stable = algorithm->kappa > 0 && algorithm->eta * algorithm->curvature <
                                                     HypAsgdStabilityLimit(algorithm->kappa)
                             ? PETSC_TRUE
                             : PETSC_FALSE;

  PetscFunctionBeginUser;
  for (int k = 0; k < HYP_ALGORITHM_STATEMENTS; k++) {
    PetscReal sides[3] = {NAN, NAN, NAN}, slack;

    if (stable) PetscCall(rows[k].sides(algorithm, sides));
    slack = rows[k].relation[0] == '=' ? -PetscAbsReal(sides[0] - sides[1]) : sides[0] - sides[1];
    statements[k] =
      (HypAlgorithmStatement){rows[k].name, rows[k].source, rows[k].relation, sides[0],
                              sides[1],     sides[2],       "not applicable"};
    if (!PetscIsNanReal(slack)) statements[k].verdict = slack >= -sides[2] ? "holds" : "fails";
  }
  PetscFunctionReturn(0);
}
