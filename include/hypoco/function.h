#pragma once
/*
   Functions of theta as people have them: formulas, tables of numbers, shared objects.
   All are evaluated over many points at once
   and give their derivatives (plain C, no PETSc, no MPI).
*/
#include <stddef.h>

/* Documented where they are defined, src/expression, and in docs/api.md */
typedef struct HypFunction HypFunction;

int  HypFunctionCreateFormulas(size_t d, size_t m, const char *const *texts, HypFunction **function,
                               size_t *bad, char **message);
int  HypFunctionEvaluate(HypFunction *function, int order, size_t lanes, const double *theta,
                         double *values, char **message);
void HypFunctionSizes(const HypFunction *function, size_t *d, size_t *m);
void HypFunctionDestroy(HypFunction **function);
int  HypFormulaIsIndexed(const char *text);
