/*
   The optimal mini-batch size of asynchronous SGD, (4.5)-(4.11) of An, Lu and Ying,
   for f = a x^2/2:

       minimise z(T) + (c/eta) int_0^T u ds   over u >= 0,   z' = rho (z - A/(1 + u)),
       rho = Re lambda < 0,

   where z stands for E X^2, 1 + u for the batch size and A for the stationary value at batch size
   one.
   Above the price c0 = -rho A eta no batch pays;
   below, batches grow during the last t_star = ln(c/c0)/rho
   as 1 + u(t) = sqrt(c0/c) e^{rho (T-t)/2}.

   The printed Hamiltonian (4.9) lacks the term 2 sqrt(c c0 V_z)/eta,
   and with it the printed value function (4.10);
   integrating the cost along u gives the value below.
   V_z = e^{rho (T-t)} and u are not affected.
*/
#include <hypoco/moments.h>

/*@
  HypScheduleCreate - Sets up the optimal mini-batch schedule for one algorithm

  Not collective

  Input Parameters:
+ algorithm - with noise s2 of a single component
. cost      - price c > 0 of one further gradient
- end       - horizon T > 0

  Output Parameter:
. schedule - see HypScheduleBatch()

  Level: intermediate

.seealso: HypScheduleBatch(), HypScheduleValue()
@*/
PetscErrorCode HypScheduleCreate(const HypAlgorithm *algorithm, PetscReal cost, PetscReal end,
                                 HypSchedule *schedule)
{
  const PetscReal a = algorithm->curvature, eta = algorithm->eta, g2 = (1 - algorithm->kappa) / eta,
                  g = PetscSqrtReal(g2);
  HypSmeMoments stationary;

  PetscFunctionBeginUser;
  PetscCheck(cost > 0 && end > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "schedule: cost %g and horizon %g given, both must be positive", (double)cost,
             (double)end);
  PetscCall(HypSmeStationary(algorithm, PETSC_FALSE, &stationary));
  schedule->rate =
    g2 > 4 * a ? -4 * a / (g + PetscSqrtReal(g2 - 4 * a)) : -g; /* Re(-g + sqrt(g^2 - 4a)) */
  schedule->level      = stationary.xx;
  schedule->eta        = eta;
  schedule->cost       = cost;
  schedule->end        = end;
  schedule->cost_limit = -schedule->rate * schedule->level * eta;
  schedule->t_star =
    cost < schedule->cost_limit ? PetscLogReal(cost / schedule->cost_limit) / schedule->rate : 0;
  PetscFunctionReturn(0);
}

/*@
  HypScheduleBatch - The optimal u, where 1 + u is the size of a mini-batch, at a time: (4.11)

  Not collective

  Input Parameters:
+ schedule - from HypScheduleCreate()
- t        - time in [0, T]

  Level: intermediate

.seealso: HypScheduleValue()
@*/
PetscReal HypScheduleBatch(const HypSchedule *schedule, PetscReal t)
{
  const PetscReal left = schedule->end - t;

  if (left >= schedule->t_star) return 0;
  return PetscSqrtReal(schedule->cost_limit / schedule->cost) *
           PetscExpReal(schedule->rate * left / 2) -
         1;
}

/*@
  HypScheduleValue - The least cost from time t on, starting from E X^2 = z

  Not collective

  Input Parameters:
+ schedule - from HypScheduleCreate()
. z        - E X^2
- t        - time in [0, T]

  Level: intermediate

  Notes:
  With r = T - t up to t_star:  z e^{rho r} + (4 sqrt(c c0) (e^{rho r/2} - 1)/rho - c r)/eta;
  before that, z relaxes to A without batches until t_star is left.

.seealso: HypScheduleValuePrinted(), HypScheduleBatch()
@*/
PetscReal HypScheduleValue(const HypSchedule *schedule, PetscReal z, PetscReal t)
{
  const PetscReal left = schedule->end - t, rho = schedule->rate,
                  late = PetscMin(left, schedule->t_star);
  const PetscReal entry =
    schedule->level + (z - schedule->level) * PetscExpReal(rho * (left - late));
  const PetscReal paid =
    (4 * PetscSqrtReal(schedule->cost * schedule->cost_limit) * expm1(rho * late / 2) / rho -
     schedule->cost * late) /
    schedule->eta;

  return entry * PetscExpReal(rho * late) + paid;
}

/*@
  HypScheduleValuePrinted - The value function (4.10) as printed, for comparison;
  its second and third branches are wrong

  Not collective

  Input Parameters:
+ schedule - from HypScheduleCreate()
. z        - E X^2
- t        - time in [0, T]

  Level: advanced

.seealso: HypScheduleValue()
@*/
PetscReal HypScheduleValuePrinted(const HypSchedule *schedule, PetscReal z, PetscReal t)
{
  const PetscReal left = schedule->end - t, decay = PetscExpReal(schedule->rate * left),
                  A = schedule->level;

  if (schedule->cost > schedule->cost_limit) return A + (z - A) * decay;
  if (left >= schedule->t_star)
    return (z - A) * decay -
           schedule->cost / schedule->eta * (schedule->t_star + 1 / schedule->rate);
  return z * decay - schedule->cost / schedule->eta * left;
}
