#include <hypoco/bounds.h>

/*@
  HypTheoremConstantsCompute - The constants of Theorem 3.1 of Zhu and Ying,
  as printed and as the proof gives them

  Not collective

  Input Parameters:
+ model - omega0, gamma, beta
. delta - critical case gamma = 2 omega0 only: see HypModelLyapunov()
- eps0  - the bound of Assumption 3.1 for C1_printed

  Output Parameter:
. constants - C, Chat, mu, C1, C2

  Level: intermediate

  Notes:
  C2 = max(1, gamma, gamma^2, beta gamma, beta w0^2) / min(1, w0^2),
  C1 = (11 + 11 C + 15 Chat) C2^2 max(1, C)/(C - Chat^2).
  The theorem's C1 carries eps0 once more although the rate is mu - eps0 C1;
  the end of the proof, (4.7), does not. eps0_max = mu/C1 is where the proved rate reaches zero.

.seealso: HypModelLyapunov(), HypTheoryReportCompute()
@*/
PetscErrorCode HypTheoremConstantsCompute(HypModel model, PetscReal delta, PetscReal eps0,
                                          HypTheoremConstants *constants)
{
  const PetscReal g = HypModelGamma(model), b = HypModelBetas(model)[0],
                  w2 = HypModelOmegas(model)[0] * HypModelOmegas(model)[0];
  PetscReal C, Chat, top;

  PetscFunctionBeginUser;
  PetscCall(HypModelLyapunov(model, delta, &constants->lyapunov));
  C    = constants->lyapunov.C;
  Chat = constants->lyapunov.Chat;
  top  = PetscMax(PetscMax(PetscMax(1, g), PetscMax(g * g, b * g)), b * w2);

  constants->C2 = top / PetscMin(1, w2);
  constants->C1 =
    (11 + 11 * C + 15 * Chat) * constants->C2 * constants->C2 * PetscMax(1, C) / (C - Chat * Chat);
  constants->C1_printed = eps0 * constants->C1;
  constants->eps0_max   = constants->lyapunov.mu_proved / constants->C1;
  PetscFunctionReturn(0);
}
