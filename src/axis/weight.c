/*
   The weight of an axis: the standard normal law,
   or e^{-W(q)}/Z for a potential W on a line or on a circle.

   Everything is relative to the least value of W found, so that e^{-(W - lowest)} <= 1.
   Integrals are sums of Gauss-Legendre
   rules on short pieces; those to infinity take pieces of doubling length until nothing more is
   added.
*/
#include "axis/weight.h"
#include <gsl/gsl_integration.h>
#include <math.h>

#define POINTS 16   /* of a Gauss-Legendre rule */
#define PIECE  0.05 /* longest piece of a finite interval, in standard deviations */
#define FAR    1e8  /* where the line ends for all practical purposes */

/*@C
  HypAxisSetPotential - Gives an axis the weight e^{-W(q)} instead of the standard normal law

  Logically collective

  Input Parameters:
+ axis - the axis, not yet set up
. W    - the potential, in units of the temperature; any constant may be added
- ctx  - passed to W; must live as long as the axis

  Level: intermediate

  Notes:
  The function 1 then is the density e^{-W}/Z, a = d/dq as before, and a* = -d/dq + W'(q).
  HypAxisSetUp() refuses a
  potential whose weight is not integrable.

.seealso: HypAxisSetPeriod(), HypAxisDensity()
@*/
PetscErrorCode HypAxisSetPotential(HypAxis axis, HypPotentialFn W, void *ctx)
{
  PetscFunctionBeginUser;
  axis->potential    = W;
  axis->potentialctx = ctx;
  PetscFunctionReturn(0);
}

/*@C
  HypAxisSetPotentialKey - Tells which key gave an axis its potential, for messages

  Not collective

  Input Parameters:
+ axis - the axis
- key  - model_potential unless told otherwise

  Level: developer

.seealso: HypAxisSetPotential(), HypModelPotentialKey()
@*/
PetscErrorCode HypAxisSetPotentialKey(HypAxis axis, const char key[])
{
  PetscFunctionBeginUser;
  PetscCall(PetscStrncpy(axis->potentialkey, key, sizeof(axis->potentialkey)));
  PetscFunctionReturn(0);
}

/*@
  HypAxisSetPeriod - Makes an axis a circle

  Logically collective

  Input Parameters:
+ axis   - the axis, not yet set up
- period - its length, in the units of q, positive; the axis reaches from -period/2 to period/2

  Level: intermediate

.seealso: HypAxisSetPotential(), HypAxisGetPeriod()
@*/
PetscErrorCode HypAxisSetPeriod(HypAxis axis, PetscReal period)
{
  PetscFunctionBeginUser;
  PetscCheck(period > 0, axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "axis_%s_period: %g given, a positive length needed", axis->name, (double)period);
  axis->period = period;
  PetscFunctionReturn(0);
}

static PetscErrorCode Potential(HypAxis axis, PetscReal q, PetscReal *W)
{
  PetscFunctionBeginUser;
  PetscCall(axis->potential(q, W, axis->potentialctx));
  PetscCheck(!isnan(*W) && *W > -HUGE_VAL, axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "%s: the potential has no value, or minus infinity, at %g standard "
             "deviations; it must be a number there",
             axis->potentialkey, (double)q);
  PetscFunctionReturn(0);
}

/*@
  HypAxisDensity - The density of the weight of an axis

  Not collective

  Input Parameters:
+ axis - the axis, set up
- q    - where, in standard deviations

  Returns e^{-W(q)}/Z, with integral 1; the standard normal density where no potential is given;
  NAN where W is none.

  Level: intermediate

.seealso: HypAxisSetPotential(), HypNormalDensity()
@*/
PetscReal HypAxisDensity(HypAxis axis, PetscReal q)
{
  PetscReal W;

  if (!axis->potential) return HypNormalDensity(q);
  if (axis->potential(q, &W, axis->potentialctx)) return NAN;
  return PetscExpReal(axis->lowest - W) / axis->mass;
}

/* The integral of e^{-(W - lowest)} over a short interval */
static PetscErrorCode PieceMass(HypAxis axis, PetscReal a, PetscReal b, PetscReal *mass)
{
  gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(POINTS);
  PetscReal                      q, weight, W;

  PetscFunctionBeginUser;
  *mass = 0;
  for (size_t k = 0; k < POINTS; k++) {
    gsl_integration_glfixed_point(a, b, k, &q, &weight, rule);
    PetscCall(Potential(axis, q, &W));
    *mass += weight * PetscExpReal(axis->lowest - W);
  }
  gsl_integration_glfixed_table_free(rule);
  PetscFunctionReturn(0);
}

/* From a to b, b > a, in pieces */
static PetscErrorCode Integrate(HypAxis axis, PetscReal a, PetscReal b, PetscReal *mass)
{
  PetscReal part, to;

  PetscFunctionBeginUser;
  *mass = 0;
  for (PetscReal from = a; from < b; from = to) {
    to = PetscMin(b, from + PIECE * PetscMax(1, PetscAbsReal(from) / 10));
    PetscCall(PieceMass(axis, from, to, &part));
    *mass += part;
  }
  PetscFunctionReturn(0);
}

/* From a to infinity (direction 1) or minus infinity (-1), until nothing more is added */
static PetscErrorCode TailMass(HypAxis axis, PetscReal a, int direction, PetscReal *mass)
{
  PetscReal part, from = a;

  PetscFunctionBeginUser;
  *mass = 0;
  do {
    const PetscReal to = from + direction * PetscMax(1, PetscAbsReal(from) / 2);

    PetscCall(Integrate(axis, PetscMin(from, to), PetscMax(from, to), &part));
    *mass += part;
    from = to;
  } while (part > 1e-18 * *mass && PetscAbsReal(from) < FAR);
  PetscFunctionReturn(0);
}

/*
  HypAxisWeightMass - The mass of an interval; its ends may be infinite

  Not collective; after HypAxisWeightSetUp()
*/
PETSC_INTERN PetscErrorCode HypAxisWeightMass(HypAxis axis, PetscReal a, PetscReal b,
                                              PetscReal *mass)
{
  PetscFunctionBeginUser;
  if (!axis->potential) {
    *mass = HypNormalMass(a, b);
  } else if (isinf(a)) {
    PetscCall(TailMass(axis, b, -1, mass));
  } else if (isinf(b)) {
    PetscCall(TailMass(axis, a, 1, mass));
  } else {
    PetscCall(Integrate(axis, a, b, mass));
  }
  if (axis->potential) *mass /= axis->mass;
  PetscFunctionReturn(0);
}

/* Steps of a hundredth, of the distance from 0 beyond 1 */
static PetscReal Next(PetscReal q)
{
  return q + 0.01 * PetscMax(1, q);
}

/*
   The weight is integrable at infinity if W grows faster than log|q|:
   between the decades 1e3..1e4 and 1e7..1e8 by more than 1.05
   times the logarithm, from the largest value in the one to the least in the other,
   so that no oscillation is taken for growth.
*/
static PetscErrorCode CheckTail(HypAxis axis, int direction)
{
  PetscReal before = -HUGE_VAL, beyond = HUGE_VAL, W;

  PetscFunctionBeginUser;
  for (PetscReal q = 1e3; q < FAR; q = Next(q)) {
    if (q > 1e4 && q < 1e7) continue;
    PetscCall(Potential(axis, direction * q, &W));
    if (q <= 1e4) before = PetscMax(before, W);
    if (q >= 1e7) beyond = PetscMin(beyond, W);
  }
  PetscCheck(beyond == HUGE_VAL || beyond - before > 1.05 * PetscLogReal(1e3), axis->comm,
             PETSC_ERR_ARG_OUTOFRANGE,
             "%s: e^{-beta U} is not integrable, for U does not grow towards %s "
             "infinity; give a potential that does, or make the axis a circle (axis_%s_period)",
             axis->potentialkey, direction > 0 ? "plus" : "minus", axis->name);
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckPeriod(HypAxis axis)
{
  PetscReal W[2];

  PetscFunctionBeginUser;
  for (int k = 0; k < 8; k++) {
    const PetscReal q = axis->period * (k / 8.0 - 1);

    for (int s = 0; s < 2; s++) PetscCall(Potential(axis, q + s * axis->period, &W[s]));
    PetscCheck(PetscAbsReal(W[1] - W[0]) <= 1e-9 * (1 + PetscAbsReal(W[0])), axis->comm,
               PETSC_ERR_ARG_INCOMP,
               "axis_%s_period: beta U is %g at one end of a period and %g at the other; give the "
               "period of %s",
               axis->name, (double)W[0], (double)W[1], axis->potentialkey);
  }
  PetscFunctionReturn(0);
}

/* The least value of W within `most` of 0;
   then the largest distance at which W is less than level above it */
static PetscErrorCode Scan(HypAxis axis, PetscReal level, PetscReal most, PetscReal *width)
{
  PetscReal W[2];

  PetscFunctionBeginUser;
  axis->lowest = HUGE_VAL;
  for (PetscReal q = 0; q <= most; q = Next(q)) {
    for (int s = 0; s < 2; s++) {
      PetscCall(Potential(axis, s ? q : -q, &W[s]));
      axis->lowest = PetscMin(axis->lowest, W[s]);
    }
  }
  *width = 0;
  for (PetscReal q = 0; q <= most; q = Next(q)) {
    for (int s = 0; s < 2; s++) {
      PetscCall(Potential(axis, s ? q : -q, &W[s]));
      if (W[s] - axis->lowest <= level) *width = q;
    }
  }
  PetscFunctionReturn(0);
}

/*
  HypAxisWeightSetUp - Normalises the weight of a potential, and finds how far it reaches

  Not collective

  Input Parameters:
+ axis  - the axis
- level - how far W may be above its least value

  Output Parameter:
. width - the distance from 0 within which W - lowest < level; half the period on a circle;
          sqrt(2 level) without a potential
*/
PETSC_INTERN PetscErrorCode HypAxisWeightSetUp(HypAxis axis, PetscReal level, PetscReal *width)
{
  PetscReal left, middle, right;

  PetscFunctionBeginUser;
  *width = PetscSqrtReal(2 * level);
  if (!axis->potential) PetscFunctionReturn(0);
  axis->mass = 1;
  if (axis->period > 0) {
    PetscCall(Scan(axis, HUGE_VAL, axis->period / 2, width));
    *width = axis->period / 2;
    PetscCall(CheckPeriod(axis));
    PetscCall(Integrate(axis, -*width, *width, &axis->mass));
    PetscFunctionReturn(0);
  }
  PetscCall(CheckTail(axis, 1));
  PetscCall(CheckTail(axis, -1));
  PetscCall(Scan(axis, level, FAR, width));
  PetscCall(TailMass(axis, -*width, -1, &left));
  PetscCall(Integrate(axis, -*width, *width, &middle));
  PetscCall(TailMass(axis, *width, 1, &right));
  axis->mass = left + middle + right;
  PetscFunctionReturn(0);
}
