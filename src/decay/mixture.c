/*
   The rate of a mean over paths, when nobody knows how many modes are in it.

   A fit of one mode is sharp, and wrong by many of its errors where a faster mode hides in the
   noise; a fit of two is right and blunt.  Let delta be the faster mode, in units of the errors
   made independent (whiten.c), g the vector with which a fit takes its rate from the data,
   |g| = sigma its standard error, P the projection onto all that the fit can take on.  The rate is
   wrong by g.delta = g.P delta, while chi^2 sees (1 - P) delta only.  The ratio of both depends on
   the shape of delta: for the quartic loss with 16020 paths a second pair with |(1 - P) delta| =
   1.6, which no test of 91 times sees, moves the rate of one pair by 7 sigma.  So weights from how
   well the forms fit cannot tell what hides, and a multiple of sigma is not a bar either.

   Instead the bar is the range of rates of all that the paths do not refuse: a slowest mode, real
   or a pair, alone or with a faster one of any rate and frequency (a grid, and minima).  With
   S = chi^2 + (coefficients in units of what they may be)^2 at given unknowns,

       S(rate, w, excess, v) <= min S + UNKNOWNS F(LEVEL; UNKNOWNS, blocks - 1)

   is the region of confidence of the nonlinear unknowns together; at fixed excess and v it is
   |rate - its minimum| <= sigma sqrt(bound - S of the minimum).  Its shadow on the rate covers at
   least as often.  The bound for one unknown, 1.96^2, would need that a faster mode is found where
   it is, but a search among frequencies lowers min S by fitting noise.
   From 1.96 to sqrt(4 F) = 3.18 there is room for a third mode: where it moves the rate of the
   right two by m of their standard errors, S of the truth is at most min S + (1.96 + m)^2 in 95 of
   100, so it may be m = 1.2.

   The window is the first that two modes describe: chi^2 of the best form is not in the last 5 %.
   Unless the slowest mode is surely a pair it begins one step later: there the step showed, on
   seeds of its own, that what is just not seen still counts.
   tests/verification/ratebars.c says how many bars cover.

   Two real modes of nearly the same rate, or a pair of small frequency, are not refused where one
   real mode describes the paths: neither are at critical damping, where the modes are e^{-rt} and
   t e^{-rt}.  Grids of faster modes do not hold that neighbourhood; damped.c follows it as a plane.
   Its shadow is added to the range wherever the slowest mode may be real.

   What paths cannot refuse is a slower mode with next to no coefficient.  So it is assumed that the
   slowest mode has a SHARE of the signal where the window begins, and more than that of the form is
   known only where the model is (HypFitMeanPair()).  Where paths see a slowest mode of less the
   window is refused: in later ones it has more.
*/
#include "decay/modes.h"
#include <gsl/gsl_cdf.h>
#include <math.h>

#define STARTS      8  /* windows that are tried, ... */
#define PARTS       12 /* of the series' times */
#define FEWEST      14
#define REFUSED     0.05
#define MISTAKE     1e-4 /* so rarely is a form refused that is known */
#define SURELY      0.95 /* share of real slowest modes */
#define SHARE       0.2
#define LEVEL       0.95
#define UNKNOWNS    4
#define FREE        2 /* best grid points from which the faster mode moves too */
#define EXCESSES    10
#define FREQUENCIES 8
#define MOST        (2 * (1 + (EXCESSES + FREE) * (1 + FREQUENCIES)))

/* Between neighbours, in the logarithm */
static const PetscReal excesses[EXCESSES] = {0.15, 0.3, 0.5, 0.8, 1.2, 1.8, 2.6, 4, 6, 10};
#define CELL 0.467

static PetscReal Frequency(const HypModes *m, int j)
{
  const PetscReal ratio = PetscMin(40, m->length / m->spacing);

  return 1.5 / m->length * PetscPowReal(ratio, j / (FREQUENCIES - 1.));
}

/* ln of what is thought of a form beforehand: a real slowest mode is that of a well, and alone;
   beside a pair there is another one more often than not; two rates that are nearly the same, or
   a frequency much smaller than the rate, would be a coincidence */
static PetscReal Beforehand(const HypModesFit *fit)
{
  const HypModesForm *form  = &fit->form;
  const PetscReal     alone = form->pair ? 0.1 : 0.97, pair = form->pair ? 0.9 : 0.5;
  PetscReal           share = form->faster ? 1 - alone : alone;

  if (form->faster) share *= form->faster == 2 ? pair : 1 - pair;
  if (form->faster) share *= form->excess / (1 + form->excess);
  if (form->pair) share *= PetscSqr(fit->frequency / (fit->rate + fit->frequency));
  return PetscLogReal(share);
}

/* A form with every faster mode of the grid; returns how many were added */
static PetscInt AddGrid(HypModes *m, const HypModesFit *start, int faster, HypModesFit fits[])
{
  PetscInt n = 0;

  for (int i = 0; i < (faster ? EXCESSES : 1); i++)
    for (int j = 0; j < (faster == 2 ? FREQUENCIES : 1); j++) {
      HypModesFit *fit = &fits[n];

      if (faster == 2 && excesses[i] < HYP_MODES_PAIR) continue;
      *fit      = *start;
      fit->form = (HypModesForm){start->form.pair, faster, faster ? excesses[i] : 0,
                                 faster == 2 ? Frequency(m, j) : 0};
      HypModesMinimise(m, PETSC_FALSE, fit);
      if (!isfinite(fit->evidence)) continue;
      fit->evidence += Beforehand(fit);
      n++;
    }
  return n;
}

/* Where the paths know the faster mode better than the grid does: its minimum too, as so many cells
   of the grid as it is wide */
static PetscInt AddFree(HypModes *m, const HypModesFit grid[], PetscInt n, HypModesFit fits[])
{
  const PetscReal cell  = PetscLogReal(Frequency(m, 1) / Frequency(m, 0));
  PetscInt        added = 0, before = -1;

  for (int k = 0; k < FREE; k++) {
    HypModesFit *fit = &fits[added];
    PetscInt     at  = -1;

    for (PetscInt i = 0; i < n; i++)
      if (i != before && (at < 0 || grid[i].evidence > grid[at].evidence)) at = i;
    if (at < 0) break;
    before = at;
    *fit   = grid[at];
    HypModesMinimise(m, PETSC_TRUE, fit);
    if (!isfinite(fit->evidence)) continue;
    if (added && PetscAbsReal(fit->rate - fits[0].rate) < 0.02 * fit->error &&
        PetscAbsReal(fit->form.excess / fits[0].form.excess - 1) < 0.02)
      continue; /* the same one */
    fit->evidence += Beforehand(fit) - PetscLogReal(CELL);
    if (fit->form.faster == 2) fit->evidence -= PetscLogReal(cell);
    added++;
  }
  return added;
}

/* All forms of a window */
static PetscInt AddAll(HypModes *m, HypModesFit fits[])
{
  PetscInt n = 0;

  for (int pair = 0; pair < 2; pair++) {
    HypModesFit start = {.form = {.pair = pair ? PETSC_TRUE : PETSC_FALSE}};

    m->form = start.form;
    HypModesScan(m, &start.rate, &start.frequency);
    for (int faster = 0; faster < 3; faster++) {
      const PetscInt added = AddGrid(m, &start, faster, fits + n);

      if (faster)
        n += added + AddFree(m, fits + n, added, fits + n + added);
      else {
        if (added) start = fits[n];
        n += added;
      }
    }
  }
  return n;
}

/* The largest probability of chi^2 beyond the form's, over the forms */
static PetscReal Probability(HypModes *m, const HypModesFit fits[], PetscInt n)
{
  PetscReal p = 0;

  for (PetscInt i = 0; i < n; i++) {
    int unknowns;

    m->form  = fits[i].form;
    unknowns = HypModesTerms(m) + (fits[i].form.pair ? 2 : 1) + fits[i].form.faster;
    p        = PetscMax(p, gsl_cdf_chisq_Q(fits[i].chi2, (PetscReal)(m->n - unknowns)));
  }
  return p;
}

/* What S may be above its minimum */
static PetscReal Excess(PetscInt nblocks)
{
  return UNKNOWNS * gsl_cdf_fdist_Pinv(LEVEL, UNKNOWNS, (PetscReal)(nblocks - 1));
}

/* The least S of the forms whose slowest mode has so large a share; INFINITY if there are none */
static PetscReal Least(const HypModesFit fits[], PetscInt n, PetscReal share)
{
  PetscReal least = INFINITY;

  for (PetscInt i = 0; i < n; i++)
    if (fits[i].share >= share) least = PetscMin(least, fits[i].total);
  return least;
}

/* Do the paths say that the slowest mode has less than its SHARE? */
static PetscBool Lighter(const HypModesFit fits[], PetscInt n, PetscInt nblocks)
{
  return isgreater(Least(fits, n, SHARE), Least(fits, n, 0) + Excess(nblocks)) ? PETSC_TRUE
                                                                               : PETSC_FALSE;
}

/* The range of rates that are not refused */
static void Range(const HypModesFit fits[], PetscInt n, PetscInt nblocks, HypFit *fit)
{
  const PetscReal bound = Least(fits, n, SHARE) + Excess(nblocks);
  PetscReal       low = INFINITY, high = -INFINITY;

  for (PetscInt i = 0; i < n; i++) {
    const PetscReal half = fits[i].error * PetscSqrtReal(PetscMax(0, bound - fits[i].total));

    if (fits[i].total > bound || fits[i].share < SHARE) continue;
    low  = PetscMin(low, fits[i].rate - half);
    high = PetscMax(high, fits[i].rate + half);
  }
  fit->rate  = (low + high) / 2;
  fit->error = (high - low) / 2;
}

/* Rate and bar from all forms, the rest from the one with the largest weight;
   real: the share of those whose slowest mode is real */
static PetscErrorCode Mix(HypModes *m, PetscInt nblocks, PetscInt n, HypModesFit fits[],
                          HypFit *fit, PetscReal *real)
{
  PetscReal   sum = 0;
  HypModesFit best;
  HypFit      near;

  PetscFunctionBeginUser;
  best = fits[0];
  for (PetscInt i = 1; i < n; i++)
    if (fits[i].evidence > best.evidence) best = fits[i];
  for (PetscInt i = 0; i < n; i++)
    sum += fits[i].evidence = PetscExpReal(fits[i].evidence - best.evidence);
  *real = 0;
  for (PetscInt i = 0; i < n; i++) {
    fits[i].evidence /= sum;
    if (!fits[i].form.pair) *real += fits[i].evidence;
  }
  Range(fits, n, nblocks, fit);
  if (*real > 1 - SURELY && HypDampedRange(m, nblocks, REFUSED, &near)) {
    const PetscReal low  = PetscMin(fit->rate - fit->error, near.rate - near.error),
                    high = PetscMax(fit->rate + fit->error, near.rate + near.error);

    fit->rate  = (low + high) / 2;
    fit->error = (high - low) / 2;
  }
  fit->form      = best.form.pair ? HYP_FIT_OSCILLATING : HYP_FIT_EXPONENTIAL;
  fit->frequency = best.form.pair ? best.frequency : 0;
  fit->from      = m->t[0];
  fit->to        = m->t[m->n - 1];
  m->form        = best.form;
  HypModesProject(m, best.rate, best.frequency, m->residual);
  fit->residual = PetscSqrtReal(m->chi2 / (PetscReal)m->n);
  fit->A        = m->known ? 0 : m->coefficient[0];
  fit->B        = m->coefficient[m->known ? 0 : 1];
  fit->C        = m->coefficient[m->known ? 1 : 2];
  PetscFunctionReturn(0);
}

/* The first time at which paths differ: at a given start they do not */
static PetscInt FirstTime(const HypMeans *means)
{
  PetscReal largest = 0;

  for (int pass = 0; pass < 2; pass++)
    for (PetscInt k = 0; k < means->n; k++) {
      PetscReal spread = 0;

      for (PetscInt b = 0; b < means->nblocks; b++)
        spread += PetscSqr(means->block[b * means->n + k] - means->y[k]);
      if (!pass)
        largest = PetscMax(largest, spread);
      else if (spread > 1e-8 * largest)
        return k;
    }
  return means->n;
}

/* A bar of more than half of the rate is none */
static void Decide(HypFit *fit)
{
  fit->reason = NULL;
  if (fit->error <= fit->rate / 2) return;
  fit->form   = HYP_FIT_NONE;
  fit->reason = "slower modes and faster ones describe the paths as well, and the bar is more "
                "than half of the rate: more paths or a longer time needed";
}

/* Nor is that of a pair which nobody knows to be alone, and which decays within its first turn:
   there the pairs of the grid and a third mode are the same to the paths */
static void DecideUnknown(HypFit *fit)
{
  Decide(fit);
  if (fit->form != HYP_FIT_OSCILLATING || fit->frequency >= fit->rate) return;
  fit->form   = HYP_FIT_NONE;
  fit->reason = "the slowest mode seems to be a pair that decays within its first turn, as near "
                "critical damping, where other modes of nearly the same rate cannot be excluded";
}

/* One pair alone, as is known: all times say something of it.  Left as it is if that is refused */
static PetscErrorCode FitPair(const HypMeans *means, PetscInt first, HypFit *fit)
{
  HypModes m;

  PetscFunctionBeginUser;
  if (means->n - first < FEWEST) PetscFunctionReturn(0);
  PetscCall(HypModesCreate(means->n, &m));
  HypModesWindow(&m, means, first);
  if (HypDampedRange(&m, means->nblocks, MISTAKE, fit)) Decide(fit);
  PetscCall(HypModesDestroy(&m));
  PetscFunctionReturn(0);
}

/* The rate of a mean with blocks of paths; form HYP_FIT_NONE with a reason if it is undecided */
PetscErrorCode HypFitSampled(const HypMeans *means, HypFit *fit)
{
  const PetscInt first = FirstTime(means);
  HypModes       m;
  HypModesFit   *fits;
  HypFit         now;
  PetscReal      real;
  PetscBool      before = PETSC_FALSE; /* two modes described the window before */

  PetscFunctionBeginUser;
  if (means->pair) PetscCall(FitPair(means, first, fit));
  if (isfinite(fit->error)) PetscFunctionReturn(0);
  fit->reason = "no window of times shows at most two modes: a longer time or a later start needed";
  PetscCall(HypModesCreate(means->n, &m));
  PetscCall(PetscMalloc1(MOST, &fits));
  for (PetscInt k = 0; k < STARTS; k++) {
    const PetscInt from = first + (means->n - first) * k / PARTS;
    PetscInt       n;

    if (means->n - from < FEWEST) break;
    HypModesWindow(&m, means, from);
    n = AddAll(&m, fits);
    if (!n || Probability(&m, fits, n) < REFUSED || Lighter(fits, n, means->nblocks)) {
      before = PETSC_FALSE;
      continue;
    }
    now = (HypFit){.reason = NULL};
    PetscCall(Mix(&m, means->nblocks, n, fits, &now, &real));
    if (real > 1 - SURELY && !before) {
      before = PETSC_TRUE;
      continue;
    }
    if (!isfinite(fit->error) || (real >= SURELY && now.error < fit->error)) *fit = now;
    if (real < SURELY) break;
    k++; /* every second one is enough */
  }
  if (isfinite(fit->error)) DecideUnknown(fit);
  PetscCall(PetscFree(fits));
  PetscCall(HypModesDestroy(&m));
  PetscFunctionReturn(0);
}
