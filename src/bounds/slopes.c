/*
   Bounds of D = Deps(theta) over all theta, by a search on boxes |theta_i| <= R,
   R = six standard deviations of M times 1, 2, ..., 1024.

   search.c finds the largest and the smallest value of each entry and of the eigenvalues
   of D's symmetric part.
   A bound counts as one for all theta if the last three doublings of R changed it by at most 1e-3
   of itself, or of the largest quantity of the first box if that is more.
   That a slope hides between the points is possible, and `remark` says what was assumed.
   Differences of eps along lines must not exceed the slopes found:
   that finds jumps and narrow features.

   c: the middle of the eigenvalues of the symmetric part,
   which is best where D is symmetric (a gradient);
   else the best one for the points of the first box.  r = sup |D - c I|.
*/
#include "bounds/boundsimpl.h"
#include <math.h>
#include <string.h>

/* Slopes of which the last three doublings of R made more than this share are called unbounded.
   They grow like R^{1/3} or faster; two waves that beat slowly change too, and log R by .24 */
#define UNBOUNDED 0.5

/* The rate that the points of the first box leave for the centre c */
static PetscErrorCode RateAt(HypSearch *s, PetscReal c, PetscReal *mu)
{
  HypContraction contraction;
  PetscReal      r = 0, *omega;

  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < s->n; l += 4) {
    for (PetscInt e = 0; e < s->d * s->d; e++) s->D[e] = s->J[e * s->n + l];
    r = PetscMax(r, HypSearchDistance(s, c));
  }
  PetscCall(PetscMalloc1(s->d, &omega));
  for (PetscInt i = 0; i < s->d; i++) omega[i] = HypModelCoordinate(s->model, i).omega;
  PetscCall(HypContractionBall(s->d, omega, HypModelGamma(s->model), c, r, &contraction));
  *mu = contraction.mu;
  PetscCall(HypContractionDestroy(&contraction));
  PetscCall(PetscFree(omega));
  PetscFunctionReturn(0);
}

/* Is D symmetric at the points of the first box, so that the force is a gradient? */
static PetscErrorCode Asymmetry(HypSearch *s, PetscBool *symmetric)
{
  PetscReal asymmetry = 0, scale = 0;
  PetscBool finite;

  PetscFunctionBeginUser;
  s->range = s->near;
  PetscCall(HypSearchSample(s, &finite));
  for (PetscInt i = 0; i < s->d; i++) {
    for (PetscInt e = 0; e < s->d * s->n; e++) {
      const PetscInt  j = e / s->n, l = e % s->n;
      const PetscReal here = s->J[(i * s->d + j) * s->n + l];

      scale     = PetscMax(scale, PetscAbsReal(here));
      asymmetry = PetscMax(asymmetry, PetscAbsReal(here - s->J[(j * s->d + i) * s->n + l]));
    }
  }
  *symmetric = asymmetry <= 1e-8 * scale ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* Golden sections around the middle c for the largest rate, where D is not symmetric */
static PetscErrorCode ImproveCentre(HypSearch *s, PetscReal half, PetscReal *c)
{
  const PetscReal golden = (PetscSqrtReal(5) - 1) / 2;
  PetscReal       a = *c - half, b = *c + half, first, last, mux, muy;
  PetscBool       symmetric;

  PetscFunctionBeginUser;
  PetscCall(Asymmetry(s, &symmetric));
  if (symmetric) PetscFunctionReturn(0);
  PetscCall(RateAt(s, *c, &first));
  for (PetscInt k = 0; k < 12; k++) {
    const PetscReal x = b - golden * (b - a), y = a + golden * (b - a);

    PetscCall(RateAt(s, x, &mux));
    PetscCall(RateAt(s, y, &muy));
    if (mux > muy)
      b = y;
    else
      a = x;
  }
  PetscCall(RateAt(s, (a + b) / 2, &last));
  if (last > first) *c = (a + b) / 2;
  PetscFunctionReturn(0);
}

static PetscErrorCode SlopesCreate(HypModel model, HypSlopes *slopes)
{
  PetscFunctionBeginUser;
  *slopes         = (HypSlopes){.d = HypModelDimension(model)};
  slopes->bounded = PETSC_TRUE;
  for (PetscInt i = 0; i < slopes->d; i++) {
    const HypCoordinate c = HypModelCoordinate(model, i);

    slopes->near = PetscMax(slopes->near, 6 * hypot(c.theta_X, c.theta_V));
  }
  PetscFunctionReturn(0);
}

/* Entries that vanish or do not vary, up to what a numerical derivative leaves,
   are made exactly so */
static PetscErrorCode KeepEntries(const HypSearch *s, HypSlopes *slopes)
{
  PetscReal scale = 0;

  PetscFunctionBeginUser;
  if (!s->entries) PetscFunctionReturn(0);
  PetscCall(PetscMalloc2(s->entries, &slopes->low, s->entries, &slopes->high));
  for (PetscInt e = 0; e < 2 * s->entries; e++) scale = PetscMax(scale, PetscAbsReal(s->best[e]));
  for (PetscInt e = 0; e < s->entries; e++) {
    const PetscReal high = s->best[e], low = -s->best[s->entries + e];

    if (high - low <= 1e-10 * scale)
      slopes->high[e] = slopes->low[e] = PetscAbsReal(low) <= 1e-10 * scale ? 0 : low;
    else {
      slopes->high[e] = HypSearchOutward(s, e);
      slopes->low[e]  = -HypSearchOutward(s, s->entries + e);
    }
  }
  PetscFunctionReturn(0);
}

/* r, and the least eigenvalue, outward where D varies at all */
static void RoundOutward(HypSearch *s, HypSlopes *slopes)
{
  const PetscInt  top = HypSearchTop(s), bottom = HypSearchBottom(s);
  const PetscReal size = PetscMax(PetscAbsReal(s->best[top]), PetscAbsReal(s->best[bottom]));

  if (slopes->r <= 1e-10 * size) return;
  if (s->d == 1) /* c is the middle of the interval that was found */
    slopes->r += PetscMax(HypSearchOutward(s, top) - s->best[top],
                          HypSearchOutward(s, bottom) - s->best[bottom]);
  else
    slopes->r = HypSearchOutward(s, HypSearchNorm(s));
  slopes->lowest = -HypSearchOutward(s, bottom);
}

/* c and r = sup |D - c I| from the extremes `from` of the symmetric part;
   in the first box alone or in all of them */
static PetscErrorCode Centre(HypSearch *s, PetscBool all, const PetscReal from[], PetscReal *c,
                             PetscReal *r, PetscBool *settled)
{
  const PetscInt top = 2 * s->entries, norm = top + 2;
  PetscReal      first, reach;

  PetscFunctionBeginUser;
  *c = (from[top] - from[top + 1]) / 2;
  *r = (from[top] + from[top + 1]) / 2;
  if (PetscAbsReal(*c) <= 1e-12 * *r) *c = 0;
  *settled = PETSC_TRUE;
  if (s->d == 1) PetscFunctionReturn(0);
  PetscCall(ImproveCentre(s, *r, c));
  s->c          = *c;
  s->which      = norm;
  s->best[norm] = PETSC_MIN_REAL;
  for (PetscInt q = 0; all && q < norm; q++) {
    const PetscReal value = HypSearchValue(s->at + q * s->d, s);

    if (value <= s->best[norm]) continue;
    s->best[norm] = value;
    PetscCall(PetscArraycpy(s->at + norm * s->d, s->at + q * s->d, s->d));
  }
  if (all)
    PetscCall(HypSearchGrow(s, norm, norm + 1, &first, &reach, settled));
  else
    PetscCall(HypSearchBox(s, s->near, norm, norm + 1, settled));
  *r = s->best[norm];
  PetscFunctionReturn(0);
}

/* lipschitz_i >= sup |grad sigma_i|, sigma = tau sqrt(s), from the extremes of its entries */
static PetscErrorCode NoiseSlopes(HypModel model, HypSlopes *slopes)
{
  const PetscInt d = slopes->d;
  HypSearch      s;
  PetscBool     *each;
  PetscReal     *first, reach;

  PetscFunctionBeginUser;
  if (!HypModelNoisy(model)) PetscFunctionReturn(0);
  if (!slopes->source) slopes->source = "slope of the noise found by a search";
  PetscCall(PetscCalloc1(d, &slopes->lipschitz));
  PetscCall(HypSearchCreate(model, HypFieldNoise, slopes->near, &s));
  PetscCall(PetscMalloc2(HypSearchCount(&s), &first, HypSearchCount(&s), &each));
  PetscCall(HypSearchGrow(&s, 0, 2 * s.entries, first, &reach, each));
  if (!s.entries) slopes->bounded = PETSC_FALSE;
  for (PetscInt e = 0; e < s.entries; e++) {
    if (!each[e] || !each[s.entries + e]) slopes->bounded = PETSC_FALSE;
    slopes->lipschitz[e / d] +=
      PetscSqr(PetscMax(HypSearchOutward(&s, e), HypSearchOutward(&s, s.entries + e)));
  }
  for (PetscInt i = 0; i < d; i++) slopes->lipschitz[i] = PetscSqrtReal(slopes->lipschitz[i]);
  if (!slopes->bounded) {
    slopes->near = 0;
    PetscCall(PetscStrncpy(slopes->remark,
                           s.entries ? "tau sqrt(s) is not Lipschitz"
                                     : "noise that depends on theta is bounded up to d = 3 only",
                           sizeof(slopes->remark)));
  }
  PetscCall(PetscFree2(first, each));
  PetscCall(HypSearchDestroy(&s));
  PetscFunctionReturn(0);
}

static PetscErrorCode NoiseRemark(HypSlopes *slopes)
{
  char *end = slopes->remark + strlen(slopes->remark);

  PetscFunctionBeginUser;
  if (slopes->lipschitz)
    PetscCall(PetscSNPrintf(end, sizeof(slopes->remark) - strlen(slopes->remark),
                            "; tau sqrt(s) has the Lipschitz constant %.4g",
                            (double)slopes->lipschitz[0]));
  PetscFunctionReturn(0);
}

/* What the search found, in words; bounds near the middle, of `first`, where it is not bounded */
static PetscErrorCode SearchVerdict(HypSearch *s, PetscBool jump, const PetscReal first[],
                                    HypSlopes *slopes)
{
  const char *const force = HypModelHasPotential(s->model) ? "f'" : "eps";
  PetscBool         again;

  PetscFunctionBeginUser;
  if (slopes->bounded) {
    snprintf(slopes->remark, sizeof(slopes->remark),
             "slopes searched on |theta_i| <= %.4g; the last doublings of that "
             "range had not changed them",
             (double)slopes->reach);
    RoundOutward(s, slopes);
    PetscCall(KeepEntries(s, slopes));
    PetscCall(NoiseRemark(slopes));
  } else if (jump) {
    slopes->near = 0;
    PetscCall(
      PetscSNPrintf(slopes->remark, sizeof(slopes->remark),
                    "the slope of %s is unbounded: it jumps, or has a feature too narrow to "
                    "be resolved",
                    force));
  } else {
    const PetscReal growth = s->growth;

    PetscCall(Centre(s, PETSC_FALSE, first, &slopes->near_c, &slopes->near_r, &again));
    if (slopes->lipschitz) slopes->near = 0; /* those numbers leave the noise out */
    if (growth > UNBOUNDED)
      PetscCall(PetscSNPrintf(slopes->remark, sizeof(slopes->remark),
                              "the slope of %s is unbounded", force));
    else
      PetscCall(PetscSNPrintf(
        slopes->remark, sizeof(slopes->remark),
        "the slopes of %s still change by %.1g of themselves on "
        "|theta_i| <= %.4g%s",
        force, (double)growth, (double)slopes->reach,
        HypModelHasPotential(s->model) ? "" : "; epsilon_slope_bounds may give them"));
  }
  PetscFunctionReturn(0);
}

/*@
  HypSlopesSearch - Bounds of Deps over all theta, found by a search

  Not collective

  Input Parameter:
. model - the model and its eps

  Output Parameter:
. slopes - bounds, or why there are none; freed with HypSlopesDestroy()

  Level: intermediate

  Note:
  Boxes |theta_i| <= R with R growing to 1024 times six standard deviations of M.
  A search is no proof: what it takes for granted is in `remark`.
  HypSlopesGiven() takes bounds that are known.

.seealso: HypContractionCompute(), HypSlopesGiven()
@*/
PetscErrorCode HypSlopesSearch(HypModel model, HypSlopes *slopes)
{
  HypSearch  s;
  PetscBool  jump, settled = PETSC_TRUE, again = PETSC_TRUE, *each;
  PetscReal *first;

  PetscFunctionBeginUser;
  PetscCall(SlopesCreate(model, slopes));
  PetscCall(NoiseSlopes(model, slopes));
  if (!slopes->bounded) PetscFunctionReturn(0);
  if (!HypModelForced(model) && !HypModelHasPotential(model)) {
    slopes->symmetric = PETSC_TRUE;
    PetscCall(PetscStrncpy(slopes->remark, "eps = 0", sizeof(slopes->remark)));
    PetscCall(NoiseRemark(slopes));
    PetscFunctionReturn(0);
  }
  slopes->source = "slopes found by a search";
  PetscCall(HypSearchCreate(model, HypFieldForce, slopes->near, &s));
  PetscCall(PetscMalloc2(HypSearchCount(&s), &first, HypSearchCount(&s), &each));
  PetscCall(HypSearchGrow(&s, 0, HypSearchCount(&s) - 1, first, &slopes->reach, each));
  for (PetscInt q = 0; q < HypSearchCount(&s) - 1; q++) settled = settled && each[q];
  slopes->seen = s.d > 1 ? s.seen : 0;
  PetscCall(HypSearchSecants(&s, 0, 2 * s.entries, slopes->reach, &jump));
  PetscCall(Asymmetry(&s, &slopes->symmetric));
  if (settled && !jump) PetscCall(Centre(&s, PETSC_TRUE, s.best, &slopes->c, &slopes->r, &again));
  if (settled && !jump && s.d > 1) {
    PetscCall(HypSearchSecants(&s, HypSearchNorm(&s), HypSearchCount(&s), slopes->reach, &jump));
    slopes->r = s.best[HypSearchNorm(&s)];
  }
  slopes->lowest  = each[HypSearchBottom(&s)] && !jump ? -s.best[HypSearchBottom(&s)] : NAN;
  slopes->bounded = settled && again && !jump ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(SearchVerdict(&s, jump, first, slopes));
  PetscCall(PetscFree2(first, each));
  PetscCall(HypSearchDestroy(&s));
  PetscFunctionReturn(0);
}

/*@
  HypSlopesScale - Bounds of the slopes of a eps from those of eps

  Not collective

  Input Parameters:
+ unit   - bounds that HypSlopesSearch() found for eps
- factor - a > 0; the noise is not multiplied

  Output Parameter:
. slopes - bounds for a eps; freed with HypSlopesDestroy()

  Level: developer

  Note:
  D is linear in eps, and a search decides by shares of the largest slope, so that one search
  serves every amplitude.

.seealso: HypSlopesSearch()
@*/
PetscErrorCode HypSlopesScale(const HypSlopes *unit, PetscReal factor, HypSlopes *slopes)
{
  const PetscInt entries = unit->d * unit->d;

  PetscFunctionBeginUser;
  PetscCheck(factor > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "factor %g of slopes given, a positive one needed", (double)factor);
  *slopes     = *unit;
  slopes->low = slopes->high = slopes->lipschitz = NULL;
  slopes->c *= factor;
  slopes->r *= factor;
  slopes->near_c *= factor;
  slopes->near_r *= factor;
  slopes->lowest *= factor;
  if (unit->low) {
    PetscCall(PetscMalloc2(entries, &slopes->low, entries, &slopes->high));
    for (PetscInt e = 0; e < entries; e++) {
      slopes->low[e]  = factor * unit->low[e];
      slopes->high[e] = factor * unit->high[e];
    }
  }
  if (unit->lipschitz) {
    PetscCall(PetscMalloc1(unit->d, &slopes->lipschitz));
    PetscCall(PetscArraycpy(slopes->lipschitz, unit->lipschitz, unit->d));
  }
  PetscFunctionReturn(0);
}

/*@
  HypSlopesGiven - Bounds of Deps that are known, checked against eps at points

  Not collective

  Input Parameters:
+ model - the model and its eps
. low   - smallest slope: every D is in |D - c I| <= r with c = (low + high)/2, r = (high - low)/2
- high  - largest; for a gradient, low and high bound the eigenvalues of D

  Output Parameter:
. slopes - the bounds; freed with HypSlopesDestroy()

  Level: intermediate

.seealso: HypSlopesSearch()
@*/
PetscErrorCode HypSlopesGiven(HypModel model, PetscReal low, PetscReal high, HypSlopes *slopes)
{
  HypSearch s;
  PetscInt  norm;
  PetscReal first;
  PetscBool settled, jump;

  PetscFunctionBeginUser;
  PetscCall(SlopesCreate(model, slopes));
  PetscCheck(low <= high, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "slopes of eps from %g to %g given; the first must not be larger", (double)low,
             (double)high);
  slopes->given  = PETSC_TRUE;
  slopes->source = "slopes as given";
  slopes->lowest = low;
  slopes->c = slopes->near_c = (low + high) / 2;
  slopes->r = slopes->near_r = (high - low) / 2;
  PetscCall(HypSearchCreate(model, HypFieldForce, slopes->near, &s));
  s.c          = slopes->c;
  norm         = HypSearchNorm(&s);
  s.best[norm] = slopes->r; /* only what is more counts */
  PetscCall(HypSearchGrow(&s, norm, norm + 1, &first, &slopes->reach, &settled));
  PetscCall(HypSearchSecants(&s, norm, norm + 1, slopes->reach, &jump));
  PetscCheck(
    !jump, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
    "epsilon_slope_bounds: %g,%g given, but the slope of eps is unbounded: it jumps, or has "
    "a feature too narrow to be resolved; leave the bounds out",
    (double)low, (double)high);
  PetscCheck(s.best[norm] <= slopes->r + 1e-9 * (1 + PetscAbsReal(slopes->r)), PETSC_COMM_SELF,
             PETSC_ERR_USER_INPUT,
             "epsilon_slope_bounds: %g,%g given, but at theta1 = %.6g |Deps - c| is %.6g where "
             "c = %g; widen the bounds",
             (double)low, (double)high, (double)s.at[norm * s.d], (double)s.best[norm],
             (double)slopes->c);
  PetscCall(Asymmetry(&s, &slopes->symmetric));
  PetscCall(HypSearchDestroy(&s));
  PetscCall(NoiseSlopes(model, slopes));
  if (!slopes->bounded) PetscFunctionReturn(0);
  snprintf(slopes->remark, sizeof(slopes->remark), "slopes as given, checked on |theta_i| <= %.4g",
           (double)slopes->reach);
  PetscCall(NoiseRemark(slopes));
  if (!slopes->lipschitz || slopes->d == 1) PetscFunctionReturn(0);
  slopes->bounded = PETSC_FALSE;
  slopes->near    = 0;
  PetscCall(PetscStrncpy(slopes->remark,
                         "noise that depends on theta needs the slopes of every entry of Deps; "
                         "leave epsilon_slope_bounds out",
                         sizeof(slopes->remark)));
  PetscFunctionReturn(0);
}

/*@
  HypSlopesDestroy - Frees bounds of Deps

  Not collective

  Input Parameter:
. slopes - what HypSlopesSearch() or HypSlopesGiven() filled

  Level: intermediate

.seealso: HypSlopesSearch()
@*/
PetscErrorCode HypSlopesDestroy(HypSlopes *slopes)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree2(slopes->low, slopes->high));
  PetscCall(PetscFree(slopes->lipschitz));
  PetscFunctionReturn(0);
}
