#include "model/modelimpl.h"

const char *const HypRegimes[] = {"under-damped", "critical", "over-damped"};

/* Constants and rates of one coordinate */
static PetscErrorCode LyapunovOfCoordinate(HypModel model, PetscReal w, PetscReal delta,
                                           HypLyapunov *lyapunov)
{
  const PetscReal g = model->gamma, w2 = w * w;

  PetscFunctionBeginUser;
  lyapunov->delta = 0;
  lyapunov->Chat  = g / 2;
  if (PetscAbsReal(g - 2 * w) <= 4 * PETSC_MACHINE_EPSILON * g) {
    PetscCheck(delta > 0 && delta < g, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
               "critical case: delta = %g given, a number in (0, gamma = %g) needed", (double)delta,
               (double)g);
    lyapunov->regime     = HYP_CRITICAL;
    lyapunov->delta      = delta;
    lyapunov->C          = w2 + delta * delta;
    lyapunov->Chat       = w;
    lyapunov->mu_printed = g - delta;
    lyapunov->mu_proved  = (g - delta) / 2;
  } else if (g < 2 * w) {
    lyapunov->regime     = HYP_UNDERDAMPED;
    lyapunov->C          = w2;
    lyapunov->mu_printed = g;
    lyapunov->mu_proved  = g / 2;
  } else {
    lyapunov->regime = HYP_OVERDAMPED;
    lyapunov->C      = g * g / 2 - w2;
    lyapunov->mu_proved =
      2 * w2 /
      (g + PetscSqrtReal((g - 2 * w) *
                         (g + 2 * w))); /* (g - sqrt(g^2 - 4 w0^2))/2 without cancellation */
    lyapunov->mu_printed = 2 * lyapunov->mu_proved;
  }
  PetscFunctionReturn(0);
}

/*@
  HypModelLyapunov - Constants C, Chat of the Lyapunov functional and the rates of Theorem 3.1

  Not collective

  Input Parameters:
+ model - the model
- delta - critical coordinates only: how much rate is given up, in (0, gamma);
  spec(P^-1 K) = {gamma - delta, gamma + delta}

  Output Parameter:
. lyapunov - regime, C, Chat, the printed and the proved rate of the slowest coordinate;
  C_i and Chat_i of all

  Level: intermediate

  Notes:
  Q = [0 1; -w^2 gamma] has the eigenvalues (gamma -+ sqrt(gamma^2 - 4 w^2))/2,
  and K = QP + PQ^T >= 2 mu P holds with mu = min Re eig Q.  The mu printed in (3.6) is twice that;
  both are given, see docs/errata.md.
  P is positive definite iff C > Chat^2, which all three cases satisfy.
  With a frequency w_i for each coordinate, H is the sum of the functionals of the coordinates,
  and mu = min_i mu_i.

.seealso: HypFunctionalsCompute()
@*/
PetscErrorCode HypModelLyapunov(HypModel model, PetscReal delta, HypLyapunov *lyapunov)
{
  PetscFunctionBeginUser;
  PetscCheck(model->d <= HYP_DIMENSIONS, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "model_dimension: %" PetscInt_FMT
             " given, at most %d allowed for the kinetic equation",
             model->d, HYP_DIMENSIONS);
  PetscCall(PetscMemzero(lyapunov, sizeof(*lyapunov)));
  for (PetscInt i = 0; i < model->d; i++) {
    HypLyapunov l = {0};

    PetscCall(LyapunovOfCoordinate(model, model->lists[i], delta, &l));
    lyapunov->Ci[i]    = l.C;
    lyapunov->Chati[i] = l.Chat;
    if (i && l.mu_proved >= lyapunov->mu_proved) continue;
    lyapunov->regime     = l.regime;
    lyapunov->C          = l.C;
    lyapunov->Chat       = l.Chat;
    lyapunov->mu_printed = l.mu_printed;
    lyapunov->mu_proved  = l.mu_proved;
    lyapunov->delta      = l.delta;
    lyapunov->slowest    = i;
  }
  PetscFunctionReturn(0);
}
