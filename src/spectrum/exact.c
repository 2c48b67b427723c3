/*
   Closed forms for eps = 0.
   In scaled coordinates the drift of each pair is z' = A z, A = [0 w0;
   -w0 -gamma], with the eigenvalues -lambda_1, -lambda_2,
   lambda_{1,2} = (gamma -+ sqrt(gamma^2 - 4 w0^2))/2.
*/
#include "spectrum/spectrumimpl.h"

typedef struct {
  PetscInt       n, room;
  HypEigenvalue *value;
} List;

static PetscErrorCode ListAdd(List *list, PetscReal real, PetscReal imag)
{
  PetscFunctionBeginUser;
  if (list->n == list->room) {
    list->room = 2 * list->room + 64;
    PetscCall(PetscRealloc((size_t)list->room * sizeof(*list->value), &list->value));
  }
  list->value[list->n++] = (HypEigenvalue){real, imag, 0};
  PetscFunctionReturn(0);
}

/* Sorts, and keeps the leading `count` and what ties with the last of them */
static void ListTrim(PetscInt count, List *list)
{
  PetscReal last;

  qsort(list->value, (size_t)list->n, sizeof(*list->value), HypEigenvalueCompare);
  if (list->n <= count) return;
  last = list->value[count - 1].real;
  while (list->value[list->n - 1].real < last + 1e-8 * last) list->n--; /* real parts are <= 0 */
}

/* The leading -(n_1 lambda_1 + n_2 lambda_2) of one pair.
   (n_1 + 1)(n_2 + 1) - 1 lead before one of them */
static PetscErrorCode OfCoordinate(HypModel model, PetscInt i, PetscInt count, List *list)
{
  const PetscReal g = HypModelGamma(model), w0 = HypModelCoordinate(model, i).omega,
                  D = g * g - 4 * PetscSqr(w0), root = PetscSqrtReal(PetscAbsReal(D));
  /* lambda_1 without cancellation */
  const PetscReal l1 = D > 0 ? 2 * PetscSqr(w0) / (g + root) : g / 2,
                  l2 = D > 0 ? (g + root) / 2 : g / 2, w = D > 0 ? 0 : root / 2;

  PetscFunctionBeginUser;
  for (PetscInt n1 = 0; n1 <= count; n1++) {
    for (PetscInt n2 = 0; n2 <= count && n1 * n2 <= count; n2++)
      PetscCall(
        ListAdd(list, -((PetscReal)n1 * l1 + (PetscReal)n2 * l2), (PetscReal)(n1 - n2) * w));
  }
  ListTrim(count, list);
  PetscFunctionReturn(0);
}

/* a <- the leading sums of one of a and one of b */
static PetscErrorCode Combine(PetscInt count, const List *b, List *a)
{
  List      sums = {0};
  PetscReal least;

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < PetscMin(count, a->n); j++) { /* j k sums lead before this one */
    for (PetscInt k = 0; k < b->n && (j + 1) * (k + 1) <= count; k++)
      PetscCall(ListAdd(&sums, a->value[j].real + b->value[k].real, 0));
  }
  ListTrim(count, &sums);
  least  = sums.value[count - 1].real * (1 + 1e-8);
  sums.n = 0;
  for (PetscInt j = 0; j < a->n; j++) {
    for (PetscInt k = 0; k < b->n && a->value[j].real + b->value[k].real >= least; k++)
      PetscCall(
        ListAdd(&sums, a->value[j].real + b->value[k].real, a->value[j].imag + b->value[k].imag));
  }
  ListTrim(count, &sums);
  PetscCall(PetscFree(a->value));
  *a = sums;
  PetscFunctionReturn(0);
}

/*@
  HypSpectrumExact - Leading eigenvalues for eps = 0 with multiplicity:
  -sum_i (n_1i lambda_1i + n_2i lambda_2i)

  Not collective

  Input Parameters:
+ model - parameters (eps is ignored)
- count - how many

  Output Parameters:
. real, imag - count numbers each, by decreasing real part

  Level: intermediate

  Note:
  lambda_1i, lambda_2i are those of pair i; every sum of eigenvalues of the pairs is one,
  which gives the multiplicity.
@*/
PetscErrorCode HypSpectrumExact(HypModel model, PetscInt count, PetscReal real[], PetscReal imag[])
{
  List all = {0};

  PetscFunctionBeginUser;
  PetscCall(OfCoordinate(model, 0, count, &all));
  for (PetscInt i = 1; i < HypModelDimension(model); i++) {
    List one = {0};

    PetscCall(OfCoordinate(model, i, count, &one));
    PetscCall(Combine(count, &one, &all));
    PetscCall(PetscFree(one.value));
  }
  for (PetscInt k = 0; k < count; k++) {
    real[k] = all.value[k].real;
    imag[k] = all.value[k].imag;
  }
  PetscCall(PetscFree(all.value));
  PetscFunctionReturn(0);
}

/* ||e^{tA}||, A of one pair */
static PetscReal NormOfCoordinate(PetscReal g, PetscReal w0, PetscReal t)
{
  const PetscReal w2 = w0 * w0 - g * g / 4, w = PetscSqrtReal(PetscAbsReal(w2));
  PetscReal       s, r;

  /* sqrt(1 + r^2) = r = gamma e^{wt}/(4 w), in one exponential: e^{wt} alone overflows */
  if (w2 < 0 && w * t > 30) return g / (2 * w) * PetscExpReal(-PetscSqr(w0) / (g / 2 + w) * t);
  if (w * t < 1e-4)
    s = t * (1 - w2 * t * t / 6); /* s is an entire function of w^2 */
  else
    s = (w2 > 0 ? PetscSinReal(w * t) : PetscSinhReal(w * t)) / w;
  r = g * PetscAbsReal(s) / 2;
  return PetscExpReal(-g * t / 2) * (r + PetscSqrtReal(1 + r * r));
}

/*@
  HypPropagatorExact - ||exp(tG)|| on mean-zero functions for eps = 0

  Not collective

  Input Parameters:
+ model - parameters (eps is ignored)
- t     - time, at least 0

  Output Parameter:
. norm - the norm

  Level: intermediate

  Note:
  The largest over the pairs of
  ||exp(tA)||^2 = e^{-gamma t} [F/2 + sqrt(F^2/4 - 1)], F = 2 c^2 + (gamma^2/2 + 2 w0^2) s^2,
  c = cos wt, s = sin(wt)/w,
  w^2 = w0^2 - gamma^2/4: the larger singular value of exp(tA),
  for the norm on degree N is its N-th power.
  With r = gamma |s|/2 the bracket is (r + sqrt(1 + r^2))^2,
  because c^2 + w^2 s^2 = 1 makes F = 2 + 4 r^2.
@*/
PetscErrorCode HypPropagatorExact(HypModel model, PetscReal t, PetscReal *norm)
{
  PetscFunctionBeginUser;
  *norm = 0;
  for (PetscInt i = 0; i < HypModelDimension(model); i++)
    *norm = PetscMax(*norm,
                     NormOfCoordinate(HypModelGamma(model), HypModelCoordinate(model, i).omega, t));
  PetscFunctionReturn(0);
}

/* Re lambda_1 without cancellation */
static PetscReal RateOf(PetscReal g, PetscReal w)
{
  return g < 2 * w ? g / 2 : 2 * w * w / (g + PetscSqrtReal((g - 2 * w) * (g + 2 * w)));
}

typedef struct {
  PetscReal gamma, omega, gap;
} Transient;

static PetscReal Excess(Transient c, PetscReal t)
{
  return PetscExpReal(c.gap * t) * NormOfCoordinate(c.gamma, c.omega, t);
}

/*
   sup_t e^{gap t} ||e^{tA}|| of a pair that is faster than the slowest, whose rate is the gap:
   from 1 it rises at most once and then falls for good, under-damped within half a turn.
   Golden section between the neighbours of the best of 400 times.
*/
static PetscReal LargestTransient(Transient c)
{
  const PetscReal w2 = c.omega * c.omega - c.gamma * c.gamma / 4, golden = 0.6180339887498949;
  PetscReal       end = 40 / (RateOf(c.gamma, c.omega) - c.gap), best = 0, a, b;

  if (w2 > 0) end = PetscMin(end, PETSC_PI / PetscSqrtReal(w2));
  for (PetscInt k = 1; k < 400; k++) {
    if (Excess(c, end * (PetscReal)k / 400) > Excess(c, best)) best = end * (PetscReal)k / 400;
  }
  a = PetscMax(0, best - end / 400);
  b = best + end / 400;
  for (PetscInt k = 0; k < 80; k++) {
    const PetscReal left = b - golden * (b - a), right = a + golden * (b - a);

    if (Excess(c, left) > Excess(c, right))
      b = right;
    else
      a = left;
  }
  return Excess(c, (a + b) / 2);
}

/*@
  HypPropagatorSharp - The sharp constant sup_t e^{2 lambda t} ||exp(tG)||^2 for eps = 0,
  lambda the spectral gap

  Not collective

  Input Parameter:
. model - parameters (eps is ignored)

  Output Parameter:
. constant - (2 w + gamma)/(2 w - gamma) below gamma = 2 w, attained again and again;
  gamma^2/(gamma^2 - 4 w^2) above, the limit
             t -> infinity; infinity at it

  Level: intermediate

  Note:
  The supremum of the closed form of HypPropagatorExact(), for the slowest pair;
  one that decays faster may have a larger transient, which is found by a search in time.

.seealso: HypPropagatorExact()
@*/
PetscErrorCode HypPropagatorSharp(HypModel model, PetscReal *constant)
{
  const PetscReal g   = HypModelGamma(model);
  PetscReal       gap = PETSC_INFINITY;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < HypModelDimension(model); i++)
    gap = PetscMin(gap, RateOf(g, HypModelCoordinate(model, i).omega));
  *constant = 0;
  for (PetscInt i = 0; i < HypModelDimension(model); i++) {
    const PetscReal w = HypModelCoordinate(model, i).omega;
    PetscReal       own;

    if (RateOf(g, w) > gap * (1 + 1e-14))
      own = PetscSqr(LargestTransient((Transient){g, w, gap}));
    else if (g < 2 * w)
      own = (2 * w + g) / (2 * w - g);
    else
      own = g > 2 * w ? g * g / ((g - 2 * w) * (g + 2 * w)) : PETSC_INFINITY;
    *constant = PetscMax(*constant, own);
  }
  PetscFunctionReturn(0);
}
