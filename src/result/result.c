/* What the table, the JSON summary and the HDF5 file all need to know about a result. */
#include <hypoco/result.h>

/*@
  HypResultSpectralGap - The spectral gap belonging to a result

  Not collective

  Input Parameter:
. result - the result

  Output Parameters:
+ gap      - -max Re lambda over lambda != 0; NaN if unknown
- computed - true: from the discrete spectrum; false: closed form for eps = 0

  Level: intermediate

  Note:
  For eps = 0 the gap is min Re (gamma -+ sqrt(gamma^2 - 4 w0^2))/2:
  gamma/2 in the critical case, elsewhere the mu the proof of Theorem 3.1 gives.
@*/
PetscErrorCode HypResultSpectralGap(const HypResult *result, PetscReal *gap, PetscBool *computed)
{
  const HypLyapunov *lyapunov = result->lyapunov;

  PetscFunctionBeginUser;
  *gap = NAN;
  *computed =
    (PetscBool)(result->spectrum || (result->estimate && !HypModelIsQuadratic(result->model)));
  if (result->spectrum)
    *gap = result->spectrum->gap;
  else if (*computed)
    *gap = result->estimate->gap;
  else if (lyapunov && result->model && HypModelIsQuadratic(result->model))
    *gap =
      lyapunov->regime == HYP_CRITICAL ? HypModelGamma(result->model) / 2 : lyapunov->mu_proved;
  PetscFunctionReturn(0);
}
