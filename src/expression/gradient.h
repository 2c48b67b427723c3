#pragma once
/* A gradient that is given beside a loss, compared with the derivative of the loss. */
#include <stddef.h>

typedef struct {
  size_t d;
  /* the loss, its derivative and the given gradient at a point; returns 0 or an error code */
  int (*at)(const double theta[], double *f, double slopes[], double values[], void *context);
  /* do both agree in coordinate i? */
  int (*agree)(size_t i, double given, double exact, void *context);
  void *context;
} HypGradient;

/* Where they differ; coordinate d: nowhere */
typedef struct {
  size_t coordinate;
  double given, exact;
} HypGradientMistake;

int HypGradientCheck(const HypGradient *, const double theta[], HypGradientMistake *);
