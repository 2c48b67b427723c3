/* The largest value of a function near a point, with GSL's minimisers:
   how searches over theta end. */
#include <hypoco/bounds.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_multimin.h>

typedef struct {
  HypSearchFn f;
  void       *ctx;
  PetscReal   range;
  PetscInt    d;
  PetscReal  *theta;
} Maximum;

/* Outside the range the nearest point counts, less the distance */
static double Negative(const gsl_vector *x, void *ctx)
{
  Maximum  *m       = (Maximum *)ctx;
  PetscReal outside = 0;

  for (PetscInt i = 0; i < m->d; i++) {
    const PetscReal at = gsl_vector_get(x, (size_t)i);

    m->theta[i] = PetscMax(-m->range, PetscMin(m->range, at));
    outside += PetscAbsReal(m->theta[i] - at);
  }
  return outside - m->f(m->theta, m->ctx);
}

static double NegativeLine(double x, void *ctx)
{
  gsl_vector_view view = gsl_vector_view_array(&x, 1);

  return Negative(&view.vector, ctx);
}

/*
   The best of the ends, the point and the middles between them, with its neighbours:
   two equal points beside each other may have the maximum between them
*/
static void Bracket(Maximum *m, PetscReal *a, PetscReal *theta, PetscReal *b, PetscReal *best)
{
  const PetscReal points[] = {*a, (*a + *theta) / 2, *theta, (*theta + *b) / 2, *b};
  int             top      = 2;

  for (int k = 0; k < 5; k++) {
    const PetscReal value = k == 2 ? *best : -NegativeLine(points[k], m);

    if (value <= *best) continue;
    *best = value;
    top   = k;
  }
  *a     = points[PetscMax(0, top - 1)];
  *theta = points[top];
  *b     = points[PetscMin(4, top + 1)];
}

/* d = 1: Brent's method between the neighbours of the best point */
static PetscErrorCode RefineLine(Maximum *m, PetscReal spacing, PetscReal *theta, PetscReal *best)
{
  gsl_function f = {NegativeLine, m};
  PetscReal    a = PetscMax(-m->range, *theta - spacing), b = PetscMin(m->range, *theta + spacing);
  gsl_min_fminimizer *minimizer;

  PetscFunctionBeginUser;
  Bracket(m, &a, theta, &b, best);
  /* at an end of the range, or on a plateau, the best point is it */
  if (!(a < *theta && *theta < b && NegativeLine(a, m) > -*best && NegativeLine(b, m) > -*best))
    PetscFunctionReturn(0);
  minimizer = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
  PetscCheck(minimizer, PETSC_COMM_SELF, PETSC_ERR_MEM, "GSL could not allocate its minimiser");
  for (int k = 0; k < 60 && !(k ? gsl_min_fminimizer_iterate(minimizer)
                                : gsl_min_fminimizer_set(minimizer, &f, *theta, a, b));
       k++) {
    *theta = gsl_min_fminimizer_x_minimum(minimizer);
    *best  = -gsl_min_fminimizer_f_minimum(minimizer);
    if (gsl_min_test_interval(gsl_min_fminimizer_x_lower(minimizer),
                              gsl_min_fminimizer_x_upper(minimizer), 1e-10, 1e-10) == GSL_SUCCESS)
      break;
  }
  gsl_min_fminimizer_free(minimizer);
  PetscFunctionReturn(0);
}

/* d > 1: the simplex method of Nelder and Mead from the best point */
static PetscErrorCode RefineSpace(Maximum *m, PetscReal spacing, PetscReal theta[], PetscReal *best)
{
  const size_t             d = (size_t)m->d;
  gsl_multimin_function    f = {Negative, d, m};
  gsl_vector              *x = gsl_vector_alloc(d), *step = gsl_vector_alloc(d);
  gsl_multimin_fminimizer *minimizer =
    gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, d);

  PetscFunctionBeginUser;
  PetscCheck(x && step && minimizer, PETSC_COMM_SELF, PETSC_ERR_MEM,
             "GSL could not allocate its minimiser");
  gsl_vector_set_all(step, 0.5 * spacing);
  for (size_t i = 0; i < d; i++) gsl_vector_set(x, i, theta[i]);
  gsl_multimin_fminimizer_set(minimizer, &f, x, step);
  for (int k = 0; k < 200 && !gsl_multimin_fminimizer_iterate(minimizer); k++) {
    if (gsl_multimin_fminimizer_size(minimizer) < 1e-9 * (1 + m->range)) break;
  }
  if (-gsl_multimin_fminimizer_minimum(minimizer) > *best) {
    *best = -gsl_multimin_fminimizer_minimum(minimizer);
    for (size_t i = 0; i < d; i++)
      theta[i] = PetscMax(
        -m->range, PetscMin(m->range, gsl_vector_get(gsl_multimin_fminimizer_x(minimizer), i)));
  }
  gsl_multimin_fminimizer_free(minimizer);
  gsl_vector_free(x);
  gsl_vector_free(step);
  PetscFunctionReturn(0);
}

/*@C
  HypMaximumRefine - From the best of many points to a local maximum next to it

  Not collective

  Input Parameters:
+ d       - number of variables
. f       - the function; where it cannot be evaluated, a very small number
. ctx     - passed to f
. range   - |theta_i| <= range is searched
- spacing - of the points

  Input/Output Parameters:
+ theta - the best point
- best  - its value; never smaller afterwards

  Level: developer

.seealso: HypSlopesSearch(), HypSupremaCompute()
@*/
PetscErrorCode HypMaximumRefine(PetscInt d, HypSearchFn f, void *ctx, PetscReal range,
                                PetscReal spacing, PetscReal theta[], PetscReal *best)
{
  Maximum              m       = {.f = f, .ctx = ctx, .range = range, .d = d};
  gsl_error_handler_t *handler = gsl_set_error_handler_off(); /* no further means arrived */

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(d, &m.theta));
  PetscCall((d == 1 ? RefineLine : RefineSpace)(&m, spacing, theta, best));
  PetscCall(PetscFree(m.theta));
  (void)gsl_set_error_handler(handler);
  PetscFunctionReturn(0);
}
