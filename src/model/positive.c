/*
   Is s(theta) positive between the points where it is evaluated too?

   A search for the least value of each s_i: on a grid of the theta_j that it depends on, then by
   the simplex method of Nelder and Mead from the lowest points that have no lower neighbour.
   It needs no derivative, for |theta| and tables have none where they are least.
   A zero of a function that does not change its sign is met to rounding only: a minimum that is
   TINY of the values one step of the grid away counts as a zero.
   A search is no proof: a dip narrower than the grid is missed.
*/
#include "model/modelimpl.h"
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>
#include <math.h>

#define TINY 1e-12
enum { STARTS = 8, STEPS = 600 };

static const PetscInt grid[4] = {1, 1601, 61, 17}; /* points a side, in 1, 2, 3 of the theta_j */

typedef struct {
  HypModel       model;
  PetscInt       i, n, set[3]; /* s_i and what it depends on */
  PetscReal     *theta, *s;
  PetscReal      step[3];
  PetscErrorCode error;
} Search;

/* s_i where the theta_j that it depends on are x */
static PetscReal At(Search *search, const PetscReal x[])
{
  const HypModel model = search->model;
  PetscReal      turned[HYP_DIMENSIONS];

  for (PetscInt c = 0; c < search->n; c++) search->theta[search->set[c]] = x[c];
  if (!search->error) search->error = HypModelToUser(model, 1, search->theta, turned);
  if (!search->error) search->error = model->noise(model->d, turned, search->s, model->noisectx);
  return search->error || isnan(search->s[search->i]) ? -HUGE_VAL : search->s[search->i];
}

/* Nothing is asked beyond the grid */
static double Objective(const gsl_vector *x, void *ctx)
{
  Search *search = (Search *)ctx;

  for (PetscInt c = 0; c < search->n; c++)
    if (PetscAbsReal(x->data[c]) > search->step[c] * (PetscReal)(grid[search->n] / 2))
      return PETSC_MAX_REAL;
  return At(search, x->data);
}

/* The point of index k of a grid of m points a side */
static void GridPoint(const Search *search, PetscInt k, PetscReal x[])
{
  const PetscInt m = grid[search->n];

  for (PetscInt c = 0; c < search->n; c++, k /= m)
    x[c] = search->step[c] * (PetscReal)(k % m - m / 2);
}

/* The largest value next to point k; -1 where one of them is lower than it */
static PetscReal Neighbours(const Search *search, const PetscReal values[], PetscInt k)
{
  const PetscInt m       = grid[search->n];
  PetscReal      largest = 0;

  for (PetscInt c = 0, stride = 1; c < search->n; c++, stride *= m) {
    for (PetscInt side = -1; side < 2; side += 2) {
      const PetscInt at = k / stride % m + side;

      if (at < 0 || at >= m) continue;
      if (values[k + side * stride] < values[k]) return -1;
      largest = PetscMax(largest, values[k + side * stride]);
    }
  }
  return largest;
}

static PetscErrorCode Refuse(const Search *search, const PetscReal x[], PetscReal value)
{
  PetscReal turned[HYP_DIMENSIONS];

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < search->n; c++) search->theta[search->set[c]] = x[c];
  PetscCall(HypModelToUser(search->model, 1, search->theta, turned));
  SETERRQ(PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
          "noise: s_%" PetscInt_FMT " is %.2g at theta%" PetscInt_FMT
          " = %.6g%s, a positive number is needed everywhere; change the noise; a table may need "
          "table_interpolation: monotone or table_extrapolation: constant",
          search->i + 1, (double)value, search->set[0] + 1, (double)turned[search->set[0]],
          search->n > 1 ? " (and the other components of that point)" : "");
}

/* Down from x; refused where that ends at a zero */
static PetscErrorCode Descend(Search *search, PetscReal x[], PetscReal around)
{
  gsl_multimin_fminimizer *minimiser =
    gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, (size_t)search->n);
  gsl_multimin_function function = {Objective, (size_t)search->n, search};
  gsl_vector           *start    = gsl_vector_alloc((size_t)search->n),
             *sides              = gsl_vector_alloc((size_t)search->n);
  gsl_error_handler_t *handler   = gsl_set_error_handler_off();
  PetscReal            least     = HUGE_VAL;
  int                  status    = 0;

  PetscFunctionBeginUser;
  PetscCheck(minimiser && start && sides, PETSC_COMM_SELF, PETSC_ERR_MEM,
             "GSL could not allocate a minimiser");
  for (PetscInt c = 0; c < search->n; c++) {
    gsl_vector_set(start, (size_t)c, x[c]);
    gsl_vector_set(sides, (size_t)c, 0.7 * search->step[c]);
  }
  status = gsl_multimin_fminimizer_set(minimiser, &function, start, sides);
  for (PetscInt step = 0; !status && step < STEPS; step++) {
    status = gsl_multimin_fminimizer_iterate(minimiser);
    least  = minimiser->fval;
    if (least <= 0 || gsl_multimin_fminimizer_size(minimiser) < 1e-15 * search->step[0]) break;
  }
  for (PetscInt c = 0; c < search->n; c++) x[c] = gsl_vector_get(minimiser->x, (size_t)c);
  gsl_set_error_handler(handler);
  gsl_multimin_fminimizer_free(minimiser);
  gsl_vector_free(start);
  gsl_vector_free(sides);
  PetscCall(search->error);
  if (least <= TINY * around) PetscCall(Refuse(search, x, least));
  PetscFunctionReturn(0);
}

/* One s_i on its grid, then from the lowest minima of the grid */
static PetscErrorCode Component(Search *search)
{
  PetscInt   count = 1;
  PetscReal *values, x[3], below = -HUGE_VAL;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < search->n; c++) count *= grid[search->n];
  PetscCall(PetscMalloc1(count, &values));
  for (PetscInt k = 0; k < count; k++) {
    GridPoint(search, k, x);
    values[k] = At(search, x);
    PetscCall(search->error);
    if (!(values[k] > 0) || isinf(values[k])) PetscCall(Refuse(search, x, values[k]));
  }
  for (PetscInt start = 0; start < STARTS; start++) { /* in increasing order of their values */
    PetscInt  lowest = -1;
    PetscReal around = 0;

    for (PetscInt k = 0; k < count; k++) {
      const PetscReal beside = values[k] > below && (lowest < 0 || values[k] < values[lowest])
                                 ? Neighbours(search, values, k)
                                 : -1;

      if (beside <= values[k]) continue;
      lowest = k;
      around = beside;
    }
    if (lowest < 0) break;
    below = values[lowest];
    GridPoint(search, lowest, x);
    PetscCall(Descend(search, x, around));
  }
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

/*@
  HypModelCheckNoise - Refuses noise whose s_i(theta) is not positive somewhere, also between nodes

  Not collective; every rank searches the same

  Input Parameters:
+ model - the model
- reach - how far, in standard deviations of theta_i under the Gaussian M

  Level: developer

  Note:
  A search; the nodes themselves are checked where s is evaluated.

.seealso: HypModelSetNoise(), HypModelNoise()
@*/
PetscErrorCode HypModelCheckNoise(HypModel model, PetscReal reach)
{
  Search         search = {.model = model};
  const PetscInt d      = model->d;

  PetscFunctionBeginUser;
  if (!model->noisy) PetscFunctionReturn(0);
  PetscCall(PetscCalloc2(d, &search.theta, d, &search.s));
  for (search.i = 0; search.i < d; search.i++) {
    PetscCall(HypModelDependence(model, d + search.i, &search.n, search.set));
    if (!search.n) { /* a constant is a function of theta_1 too */
      search.n      = 1;
      search.set[0] = 0;
    }
    for (PetscInt c = 0; c < search.n; c++) {
      const HypCoordinate *own = model->coordinate + search.set[c];

      search.step[c] =
        2 * reach * hypot(own->theta_X, own->theta_V) / (PetscReal)(grid[search.n] - 1);
    }
    PetscCall(PetscArrayzero(search.theta, d));
    PetscCall(Component(&search));
  }
  PetscCall(PetscFree2(search.theta, search.s));
  PetscFunctionReturn(0);
}
