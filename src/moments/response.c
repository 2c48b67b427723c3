/* hypoco: the response of the recursions that a recorded run is compared with. */
#include "moments/response.h"

/* Is there a number to be estimated beside e that is no whole number? */
PetscBool TraceHasStaleness(TraceModel model)
{
  return model == TRACE_ASGD || model == TRACE_MOMENTUM ? PETSC_TRUE : PETSC_FALSE;
}

/*
  TraceResponse - h_0 = 1, h_{j+1} = h_j + d_j, with the increments of the model:

     sgd    d_j = -e h_j                 delay      d_j = -e h_{j-l}
     asgd   d_j = -e m_j                 momentum   d_j = mu d_{j-1} - e h_j
            m_j = k m_{j-1} + (1 - k) h_j

  Input Parameters:
+ staleness - k, l or mu; sgd does not read it
. rest      - all was 1 before step 0, as of a start; else 0, as of the noise of one step,
              which momentum keeps
- room      - length of h

  Returns how many values were computed: those after them are below 1e-5; 0: they do not decay.
*/
PetscInt TraceResponse(TraceModel model, PetscReal e, PetscReal staleness, PetscBool rest,
                       PetscInt room, PetscReal h[])
{
  const PetscReal k = model == TRACE_ASGD ? staleness : 0, before = rest ? 1 : 0;
  const PetscInt  l = model == TRACE_DELAY ? (PetscInt)staleness : 0;
  PetscReal       m = rest ? 1 : 1 - k, d = rest ? 0 : 1;

  h[0] = 1;
  for (PetscInt j = 0; j + 1 < room; j++) {
    const PetscReal read = model == TRACE_ASGD ? m : j >= l ? h[j - l] : before;

    d        = (model == TRACE_MOMENTUM ? staleness * d : 0) - e * read;
    h[j + 1] = h[j] + d;
    m        = k * m + (1 - k) * h[j + 1];
    if (!(PetscAbsReal(h[j + 1]) <= 10)) return 0;
    if (PetscAbsReal(h[j + 1]) + PetscAbsReal(d) / e < 1e-5) return j + 2;
  }
  return rest ? room : 0;
}

/* sum_i h_i h_{i+lag} */
PetscReal TraceCorrelation(const PetscReal h[], PetscInt n, PetscInt lag)
{
  PetscReal sum = 0;

  for (PetscInt i = 0; i + lag < n; i++) sum += h[i] * h[i + lag];
  return sum;
}
