#pragma once
#include <hypoco/function.h>
#include <hypoco/table.h>
#include <gsl/gsl_spline.h>
#include <gsl/gsl_spline2d.h>

/* dataset.c: NULL, or a sentence to be freed */
char *HypTableReadDataset(const char *path, HypTable *table);

/* A table of values on a grid in one or two variables, interpolated */
typedef struct {
  char   *name, *extrapolation, *kind;
  size_t  n[2];
  double *nodes[2], *values; /* values[j n0 + i] at (nodes[0][i], nodes[1][j]), as GSL wants them */
  gsl_spline       *line;
  gsl_spline2d     *plane;
  gsl_interp_accel *accel[2];
} HypInterpolant;

/* interpolate.c: an interpolant without nodes, to be filled; made ready, NULL or a sentence */
HypFunction          *HypInterpolantCreate(size_t d, const char *name, const char *kind,
                                           const char *extrapolation);
char                 *HypInterpolantBuild(HypInterpolant *t, int d);
size_t                HypInterpolantLeast(const HypInterpolant *t, int d);
const HypInterpolant *HypInterpolantOf(const HypFunction *function);
