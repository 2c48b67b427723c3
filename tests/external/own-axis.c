/*
   hypoco with an axis type, a model of sample and a perturbation of our own,
   against an installed library:

     own-axis COMMAND FILE.yaml [-key value ...]     every command and key of hypoco,
     axis type fd4 and sample_model nesterov

   eps is used where the options give none: eps_i(theta) = epsilon_amplitude sin theta_i.
*/
#include "fd4.h"
#include "nesterov.h"
#include <hypoco/main.h>

static PetscErrorCode Perturbation(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) eps[i] = PetscSinReal(theta[i]);
  PetscFunctionReturn(0);
}

int main(int argc, char **argv)
{
  if (HypAxisRegister(AXISFD4, AxisCreate_FD4)) return 3;
  if (HypSamplerRegister(SAMPLERNESTEROV, HYP_TAKES_STEPS | HYP_TAKES_MOMENTUM,
                         SamplerCreate_Nesterov))
    return 3;
  HypMainSetPerturbation(Perturbation, NULL);
  return HypMain(argc, argv);
}
