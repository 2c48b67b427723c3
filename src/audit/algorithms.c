/*
   Statements of An, Lu and Ying (AN) and of He et al. (HE) that speak about numbers,
   put to the test for one algorithm on one curvature: each row has a function that returns
   both sides and the tolerance that its derivation, or its sampling, leaves.

   A constant that a theorem leaves open cannot be wrong; its order can, and that is what is judged.
*/
#include "audit/delayed.h"

#define STEPS_MOST 4096 /* of a sampled path */
#define FINEST     1e-6 /* eta a: errors of second order are those of rounding below */

static PetscReal Friction(const HypAlgorithm *a)
{
  return PetscSqrtReal((1 - a->kappa) / a->eta);
}

/* -Re lambda of (4.3), the rate of E X^2: g - Re sqrt(g^2 - 4a) */
static PetscReal Slowest(const HypAlgorithm *a)
{
  const PetscReal g = Friction(a);

  return g - PetscSqrtReal(PetscMax(g * g - 4 * a->curvature, 0));
}

/* Long after the start: the slowest mode has died out */
static PetscReal Late(const HypAlgorithm *a)
{
  return 80 / Slowest(a);
}

/* What rounding leaves of a stationary moment, relative to it: a step forgets eta a of the past */
static PetscReal Rounding(const HypAlgorithm *a)
{
  return 64 * PETSC_MACHINE_EPSILON / (a->eta * a->curvature);
}

/* An order is the order of rounding where that is as large as the error */
static PetscBool BelowRounding(const HypAlgorithm *a, PetscReal error)
{
  return error < 100 * Rounding(a) ? PETSC_TRUE : PETSC_FALSE;
}

/* Theorem 3: a weak order of at least 1 at fixed friction */
static PetscErrorCode Theorem3(const HypAlgorithm *a, PetscReal sides[3])
{
  PetscReal error, drift;

  PetscFunctionBeginUser;
  PetscCall(HypSmeWeakOrder(a, PETSC_TRUE, &error, &sides[0], &drift));
  sides[1] = 1;
  sides[2] = 3 * drift + 0.02;
  if (PetscIsNanReal(error)) PetscFunctionReturn(0); /* too many steps */
  if (PetscIsNanReal(sides[0]) || BelowRounding(a, error)) HypSidesCannotTell(sides);
  PetscFunctionReturn(0);
}

/* Sampled orders: E|X - x| of coupled paths at three step sizes, its logarithm fitted by a line;
   the order is in eta^unit */
static PetscErrorCode Strong(HypSampleSettings settings[3], const char equation[],
                             const HypAlgorithm *a, PetscReal unit, PetscReal sides[3])
{
  const PetscReal curvature = a->curvature, slope = PetscSqrtReal(a->noise);
  const PetscReal slopes[] = {slope, -slope};
  HypLoss         loss;
  HypCoupled      found[3];

  PetscFunctionBeginUser;
  sides[0] = sides[1] = sides[2] = NAN;
  for (int k = 0; k < 3; k++)
    if (settings[k].steps > STEPS_MOST) PetscFunctionReturn(0);
  PetscCall(HypLossCreateQuadratic(1, 2, &curvature, slopes, &loss));
  for (int k = 0; k < 3; k++)
    PetscCall(HypCoupledRun(PETSC_COMM_SELF, &settings[k], equation, loss, &found[k]));
  PetscCall(HypLossDestroy(&loss));
  PetscCall(HypCoupledOrder(3, found, unit, &sides[0], &sides[2]));
  PetscFunctionReturn(0);
}

/* asgd and sme-asgd until the time 2/sqrt(a); scale of eta and of 1 - kappa from level to level */
static PetscErrorCode StrongSme(const HypAlgorithm *a, PetscReal scale_eta, PetscReal scale_kappa,
                                PetscReal unit, PetscReal sides[3])
{
  HypSampleSettings settings[3];
  HypAlgorithm      level = *a;

  PetscFunctionBeginUser;
  for (int k = 0; k < 3; k++) {
    HypAlgorithmSettings(&settings[k], &level, 2 / PetscSqrtReal(a->curvature),
                         PetscSqrtReal(level.eta * (1 - level.kappa)));
    settings[k].substeps = 2;
    level.eta *= scale_eta;
    level.kappa = 1 - (1 - level.kappa) * scale_kappa;
  }
  PetscCall(Strong(settings, "sme-asgd", a, unit, sides));
  PetscFunctionReturn(0);
}

/* Theorem 3 bounds E|X - x| by K_T dt/(1 - kappa).  At fixed kappa that is order 1 in dt:
   eta falls by 4 from level to level */
static PetscErrorCode StrongStaleness(const HypAlgorithm *a, PetscReal sides[3])
{
  PetscFunctionBeginUser;
  PetscCall(StrongSme(a, 0.25, 1, 0.5, sides));
  sides[1] = 1;
  PetscFunctionReturn(0);
}

/* At fixed friction the bound is K_T/g and does not fall with eta; the error does:
   the sampled order in eta */
static PetscErrorCode StrongFriction(const HypAlgorithm *a, PetscReal sides[3])
{
  PetscFunctionBeginUser;
  PetscCall(StrongSme(a, 0.5, 0.5, 1, sides));
  sides[1] = 0;
  PetscFunctionReturn(0);
}

/* (3.3): the weak order 2 in eta of the equation of SGD without delay, E x^2 at the time 1/a */
static PetscErrorCode WeakSgd(const HypAlgorithm *a, PetscReal sides[3])
{
  PetscReal error[3];

  PetscFunctionBeginUser;
  HypSidesCannotTell(sides);
  if (a->eta * a->curvature < FINEST) PetscFunctionReturn(0);
  for (int k = 0; k < 3; k++) {
    const PetscInt     steps = (PetscInt)PetscCeilReal(8 / (a->eta * a->curvature)) << k;
    const HypAlgorithm sgd   = {8 / ((PetscReal)steps * a->curvature), 0, a->curvature, a->noise};
    HypAsgdMoments     moments;
    PetscReal          x, xx;

    HypAsgdMomentsStart(1, &moments);
    for (PetscInt j = 0; j < steps / 8; j++) HypAsgdMomentsStep(&sgd, &moments);
    HypSmeSgdMomentsAt(&sgd, 1, (PetscReal)(steps / 8) * sgd.eta, &x, &xx);
    error[k] = PetscAbsReal(xx - moments.xx);
  }
  sides[0] = PetscLogReal(error[1] / error[2]) / PetscLogReal(2);
  sides[1] = 2;
  sides[2] = 3 * PetscAbsReal(sides[0] - PetscLogReal(error[0] / error[1]) / PetscLogReal(2)) + .02;
  if (BelowRounding(a, error[2])) HypSidesCannotTell(sides);
  PetscFunctionReturn(0);
}

/* (4.4), printed for a = 2: with batches of 1 + u the stationary E X^2 of (4.3) is
   s2 eta/(2(1 + u)) (eta/(1 - kappa) + 1/a) */
static PetscErrorCode BatchStationary(const HypAlgorithm *a, PetscReal sides[3])
{
  const HypAlgorithm batched = {a->eta, a->kappa, a->curvature, a->noise / 5};
  HypSmeMoments      late;

  PetscFunctionBeginUser;
  PetscCall(HypSmeMomentsAt(&batched, PETSC_FALSE, 1, Late(a), &late));
  sides[0] = late.xx;
  sides[1] = a->noise * a->eta / 10 * (a->eta / (1 - a->kappa) + 1 / a->curvature);
  sides[2] = (1e-9 + Rounding(a)) * sides[1];
  PetscFunctionReturn(0);
}

/* What a batch of 1 + u at the time T - left adds to (4.5):
   z(T) holds -rho e^{rho left} A/(1 + u), the price is c u/eta; convex in u */
static PetscReal Cost(const HypSchedule *s, PetscReal left, PetscReal u)
{
  return -s->rate * PetscExpReal(s->rate * left) * s->level / (1 + u) + s->cost * u / s->eta;
}

/* (4.11) against the least cost at 50 times, found by halving; the largest difference of u */
static PetscErrorCode Batches(const HypAlgorithm *a, PetscReal sides[3])
{
  const PetscReal step = 1e-3;
  HypSchedule     schedule;

  PetscFunctionBeginUser;
  PetscCall(HypScheduleCreate(a, 1, 1, &schedule));
  PetscCall(HypScheduleCreate(a, schedule.cost_limit / 1600, 8 / -schedule.rate, &schedule));
  sides[0] = sides[1] = 0;
  for (int k = 0; k < 50; k++) {
    const PetscReal left = schedule.end * (k + 0.5) / 50;
    PetscReal       low = 0, high = 2 * PetscSqrtReal(schedule.cost_limit / schedule.cost);

    for (int it = 0; it < 60; it++) { /* does the cost fall or rise around the middle? */
      const PetscReal u = (low + high) / 2;

      if (Cost(&schedule, left, u + step) < Cost(&schedule, left, u))
        low = u;
      else
        high = u;
    }
    if (low > 0) low += step / 2; /* where both are equal the minimum is between them */
    sides[0] =
      PetscMax(sides[0], PetscAbsReal(low - HypScheduleBatch(&schedule, schedule.end - left)));
  }
  sides[2] = step;
  PetscFunctionReturn(0);
}

/* (4.10) at t = 0, z = 1, where batches pay, against the cost along the optimal batches */
static PetscErrorCode Value(const HypAlgorithm *a, PetscReal sides[3])
{
  HypSchedule schedule;

  PetscFunctionBeginUser;
  PetscCall(HypScheduleCreate(a, 1, 1, &schedule));
  PetscCall(HypScheduleCreate(a, schedule.cost_limit / 1600, 8 / -schedule.rate, &schedule));
  sides[0] = HypScheduleValuePrinted(&schedule, 1, 0);
  sides[1] = HypScheduleValue(&schedule, 1, 0);
  sides[2] = 1e-9 * PetscAbsReal(sides[1]);
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
  sides[2] = (1e-9 + Rounding(a)) * printed.xx;
  PetscFunctionReturn(0);
}

/* (5.6): 1 - 4e maximises the rate; the exact optimum is ((1-e)/(1+e))^2 = 1 - 4e + 8e^2 - ... */
static PetscErrorCode Optimum(const HypAlgorithm *a, PetscReal sides[3])
{
  const PetscReal e = a->eta * a->curvature;

  PetscFunctionBeginUser;
  sides[0] = 1 - 4 * e;
  sides[1] = PetscSqr((1 - e) / (1 + e));
  sides[2] = 8 * e * e + 4 * PetscSqrtReal(PETSC_MACHINE_EPSILON); /* a double root */
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
  sides[2] = (1e-9 + Rounding(a)) * sides[1];
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

/*
  Theorem 3.2, its corollary and Theorem 3.4: with eta = 1/K and the time K eta = 1 the error of the
  delay equation is at most C1 K^{-1/2} + C2(b, l), where C2 does not fall with K.
  What is judged is the whole error, which falls like the first term:
  its order in 1/K is at least 1/2.
*/
static PetscErrorCode StrongDelay(const HypAlgorithm *a, HypStalenessLaw law, PetscInt bound,
                                  PetscReal sides[3])
{
  const PetscInt    first = HypDelayedIterations(a, bound);
  HypSampleSettings settings[3];

  PetscFunctionBeginUser;
  for (int k = 0; k < 3; k++) {
    const HypAlgorithm level = {1 / (PetscReal)(first << k), 0, a->curvature, a->noise};

    HypAlgorithmSettings(&settings[k], &level, 1, level.eta);
    settings[k].law      = law;
    settings[k].bound    = bound;
    settings[k].substeps = 4;
  }
  PetscCall(Strong(settings, "sdde", a, 1, sides));
  sides[1] = 0.5;
  PetscFunctionReturn(0);
}

static PetscErrorCode RandomDelay(const HypAlgorithm *a, PetscReal sides[3])
{
  PetscFunctionBeginUser;
  PetscCall(StrongDelay(a, HYP_STALENESS_UNIFORM, HypDelayedLongest(a), sides));
  PetscFunctionReturn(0);
}

static PetscErrorCode NoDelay(const HypAlgorithm *a, PetscReal sides[3])
{
  PetscFunctionBeginUser;
  PetscCall(StrongDelay(a, HYP_STALENESS_FIXED, 0, sides));
  PetscFunctionReturn(0);
}

static PetscErrorCode ConstantDelay(const HypAlgorithm *a, PetscReal sides[3])
{
  PetscFunctionBeginUser;
  PetscCall(StrongDelay(a, HYP_STALENESS_FIXED, HypDelayedLongest(a), sides));
  PetscFunctionReturn(0);
}

const HypAlgorithmRow HypAlgorithmRows[] = {
  /* name, source, formula, relation, proved, sampled, why, sides */
  {"weak order in eta", "AN Theorem 3",
   "order of max_t |E x^2 - E X^2| at fixed friction >= 1, by exact moments", ">=", PETSC_TRUE,
   PETSC_FALSE, "", Theorem3},
  {"strong order in dt", "AN Theorem 3",
   "order of max_t E|x - X| at fixed kappa >= 1, by coupled paths", ">=", PETSC_FALSE, PETSC_TRUE,
   "sampled", StrongStaleness},
  {"strong order in eta at fixed friction", "AN Theorem 3",
   "order of max_t E|x - X| at fixed friction >= 0, by coupled paths", ">=", PETSC_FALSE,
   PETSC_TRUE, "sampled; the bound K/gamma does not fall, the error does", StrongFriction},
  {"weak order in eta without delay", "AN (3.3)",
   "order of |E x^2 - E X^2| of SGD at the time 1/a >= 2, by exact moments", ">=", PETSC_TRUE,
   PETSC_FALSE, "", WeakSgd},
  {"stationary E X^2", "AN (4.3), (5.4)-(5.5)",
   "lim E X^2 of the moment equations = the printed value", "=", PETSC_TRUE, PETSC_FALSE, "",
   Stationary},
  {"stationary E X^2 with batches of 5", "AN (4.4)",
   "lim E X^2 = s2 eta/10 (eta/(1 - kappa) + 1/a)", "=", PETSC_TRUE, PETSC_FALSE, "",
   BatchStationary},
  {"optimal batches", "AN (4.11)", "max_t |u by search - u of (4.11)| = 0", "=", PETSC_TRUE,
   PETSC_FALSE, "", Batches},
  {"value function as printed", "AN (4.10)",
   "V(1, 0) as printed = the cost along the optimal batches", "=", PETSC_FALSE, PETSC_FALSE,
   "(4.9) drops 2 sqrt(c c0 V_z)/eta", Value},
  {"fastest staleness, to first order", "AN (5.6)", "1 - 4e = ((1 - e)/(1 + e))^2 up to 8e^2", "=",
   PETSC_TRUE, PETSC_FALSE, "", Optimum},
  {"momentum's stationary E theta^2", "AN Prop. 1",
   "momentum kappa, learning rate eta (1 - kappa): E X^2 = eta s2/(2a)", "=", PETSC_TRUE,
   PETSC_FALSE, "", Proposition1},
  {"strong order in 1/K, random delay", "HE Theorem 3.2",
   "order of max_t E|x - X|, eta = 1/K, delays 0 to l >= 1/2, by coupled paths", ">=", PETSC_FALSE,
   PETSC_TRUE, "sampled", RandomDelay},
  {"strong order in 1/K, no delay", "HE Corollary 3.3", "the same with l = 0", ">=", PETSC_FALSE,
   PETSC_TRUE, "sampled", NoDelay},
  {"strong order in 1/K, constant delay", "HE Theorem 3.4", "the same with a delay of l",
   ">=", PETSC_FALSE, PETSC_TRUE, "sampled", ConstantDelay},
  {"weak order in 1/K, constant delay", "HE Theorem 3.4",
   "order of max_t |E x^2 - E X^2|, eta = 1/K, a delay of l >= 1, by exact moments",
   ">=", PETSC_TRUE, PETSC_FALSE, "", HypDelayedWeak},
  {"order in 1/b, constant delay", "HE Theorem 3.4",
   "order in 1/b of what noise adds to max_t E|x - X| >= 1/2, by coupled paths", ">=", PETSC_FALSE,
   PETSC_TRUE, "sampled", HypDelayedBatch},
  {"growth with a constant delay", "HE Theorem 3.4",
   "max_l of E|x - X| over e^L (1 + l/K) times that without delay <= 1, by coupled paths",
   "<=", PETSC_FALSE, PETSC_TRUE, "sampled; the theorem's constants are open", HypDelayedConstant},
  {"growth with a random delay", "HE Theorem 3.2",
   "max_l of E|x - X| over e^(L(l+1)) times that without delay <= 1, by coupled paths",
   "<=", PETSC_FALSE, PETSC_TRUE, "sampled; the theorem's constants are open", HypDelayedRandom},
  {"rate of a fixed delay, to first order", "HE Theorem 4.1",
   "V = ln|z|/eta of the algorithm, up to order eta", "=", PETSC_TRUE, PETSC_FALSE, "", DelayRate},
  {"E x^2 with a fixed delay", "HE Theorem 4.1",
   "|E x^2 - limit| <= C5 e^(-2 lambda t), lambda = .9 |ln z|/eta: its C5 of later over that of "
   "earlier times <= 1, by exact moments",
   "<=", PETSC_TRUE, PETSC_FALSE, "", HypDelayedSquare},
  {"learning rates 1/(a k)", "HE Theorem 4.2",
   "max_t (t - 1) a^2 E|x - x*|^2/((delta + 1)(H + 2 L^2 D^2 tau) ln t) <= 1", "<=", PETSC_FALSE,
   PETSC_FALSE, "no path with noise stays in the ball of the theorem: D^2 is max E|x - x*|^2",
   HypDelayedDecreasing},
  {"learning rates 1/(a k), no delay", "HE Corollary 4.3",
   "max_t (t - 1) a^2 E|x - x*|^2/((delta + 1) H ln t) <= 1", "<=", PETSC_FALSE, PETSC_FALSE,
   "no path with noise stays in the ball of the theorem: D^2 is max E|x - x*|^2",
   HypDelayedDecreasingNone},
};
const PetscInt HypAlgorithmRowCount =
  (PetscInt)(sizeof(HypAlgorithmRows) / sizeof(HypAlgorithmRows[0]));

static PetscReal Slack(const HypAlgorithmRow *row, const PetscReal sides[3])
{
  if (row->relation[0] == '=') return -PetscAbsReal(sides[0] - sides[1]);
  return row->relation[0] == '>' ? sides[0] - sides[1] : sides[1] - sides[0];
}

/* A statement about this algorithm of which a side is not known, and why */
static PetscErrorCode Undecided(const HypAlgorithmRow *row, HypStatement *s)
{
  const char *const reason = PetscIsInfReal(s->uncertainty)
                               ? "the error is below that of rounding or of sampling"
                               : "not computed: more steps or a longer delay than are tried";

  PetscFunctionBeginUser;
  s->verdict     = HYP_UNDECIDED;
  s->uncertainty = NAN;
  PetscCall(PetscSNPrintf(s->detail, sizeof(s->detail), "%s%s%s", reason, row->why[0] ? "; " : "",
                          row->why));
  PetscFunctionReturn(0);
}

/*@
  HypAlgorithmStatementsJudge - Puts the computable statements of An, Lu and Ying and of He et al.
  to the test

  Not collective; every rank does the same

  Input Parameters:
+ algorithm - learning rate, staleness rate, curvature and noise
- sampled   - also the statements that need paths, about a second

  Output Parameters:
+ n          - their number, HypAlgorithmRowCount
- statements - in the order of HypAlgorithmRows, freed with PetscFree();
  not applicable to an unstable algorithm or without sampling,
  undecided, with the reason, where a side is not known

  Level: intermediate

.seealso: HypSmeWeakOrder(), HypCoupledRun(), HypAuditJudge()
@*/
PetscErrorCode HypAlgorithmStatementsJudge(const HypAlgorithm *algorithm, PetscBool sampled,
                                           PetscInt *n, HypStatement **statements)
{
  const PetscBool stable = algorithm->kappa > 0 && algorithm->eta * algorithm->curvature <
                                                     HypAsgdStabilityLimit(algorithm->kappa)
                             ? PETSC_TRUE
                             : PETSC_FALSE;

  PetscFunctionBeginUser;
  *n = HypAlgorithmRowCount;
  PetscCall(PetscCalloc1(*n, statements));
  for (PetscInt k = 0; k < *n; k++) {
    const HypAlgorithmRow *row   = &HypAlgorithmRows[k];
    const PetscBool        tried = stable && (sampled || !row->sampled) ? PETSC_TRUE : PETSC_FALSE;
    PetscReal              sides[3] = {NAN, NAN, NAN};
    HypStatement          *s        = &(*statements)[k];

    if (tried) PetscCall(row->sides(algorithm, sides));
    *s = (HypStatement){.left        = sides[0],
                        .right       = sides[1],
                        .uncertainty = sides[2],
                        .slack       = Slack(row, sides),
                        .proved      = row->proved,
                        .verdict     = HYP_NOT_APPLICABLE};
    PetscCall(PetscStrncpy(s->name, row->name, sizeof(s->name)));
    PetscCall(PetscStrncpy(s->source, row->source, sizeof(s->source)));
    PetscCall(PetscStrncpy(s->detail, row->why, sizeof(s->detail)));
    if (isless(sides[2], 0)) s->uncertainty = NAN;
    if (!tried || isless(sides[2], 0)) continue;
    if (PetscIsNanReal(s->slack))
      PetscCall(Undecided(row, s));
    else
      s->verdict = isgreaterequal(s->slack, -sides[2]) ? HYP_HOLDS : HYP_FAILS;
  }
  PetscFunctionReturn(0);
}
