#pragma once
/* axis_grading: faces of the fv axes where the steady state is. */
#include <hypoco/space.h>

/* x: one axis of equal cells for each coordinate, all of one box; faces: to be freed, those of the
   x axes and of the v axis */
PetscErrorCode HypGradeFaces(HypModel, const HypAxis x[], HypAxis v, PetscReal *faces[2]);
