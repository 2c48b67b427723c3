#pragma once
/* One kind of function of theta: what it must supply. */
#include <hypoco/function.h>

enum { HYP_ORDERS = 4 }; /* values, and derivatives up to the third: eps'' of a loss */

struct HypFunction {
  size_t d, m; /* variables and components */
  void  *data;
  /* values[(i d^order + q) lanes + l]: derivative q of component i at point l;
     NULL, or a sentence to be freed */
  char *(*evaluate)(HypFunction *, int order, size_t lanes, const double *theta, double *values);
  void (*destroy)(HypFunction *);
};
