#pragma once
/* The table of a sweep: keys, status, then the columns that at least one case has;
   on stdout, as CSV and in the HDF5 file. */
#include <hypoco/file.h>
#include "program/sweep/sweep.h"

PetscErrorCode HypSweepTablePrint(FILE *stream, const HypSweep *plan, json_t *cases);
PetscErrorCode HypSweepTableCSV(const char path[], const HypSweep *plan, json_t *cases);
PetscErrorCode HypSweepTableHDF5(HypFile file, const HypAsked *asked, const HypSweep *plan,
                                 json_t *cases);
