/* What the guards of a run in time have seen. */
#include "result/section/section.h"

REAL(Drift, R->guard->memory[HYP_GUARD_DRIFT])
REAL(Edge, R->guard->memory[HYP_GUARD_EDGE])
REAL(EdgeTime, R->guard->memory[HYP_GUARD_EDGE_T])
REAL(Steady, R->guard->steady)

static const HypQuantity guards[] = {
  {NAMES("mass_drift", NULL), ABOUT("1", "largest change of the mean of h", ""), .value = Drift},
  {NAMES("edge_share", NULL), ABOUT("1", "largest share of ||h||^2 where the space ends", ""),
   .value = Edge},
  {NAMES("edge_share_t", NULL), ABOUT("time", "when", ""), .value = EdgeTime},
  {NAMES("edge_share_steady", NULL), ABOUT("1", "share of ||F/M||^2 where the space ends", ""),
   .value = Steady},
};

static PetscBool HasGuard(const HypResult *R)
{
  return (PetscBool)(R->guard != NULL);
}

const HypSection HypGuardSection = {
  .name = "guards", .optional = PETSC_TRUE, .exists = HasGuard, ROWS(guards)};
