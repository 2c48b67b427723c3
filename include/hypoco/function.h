#pragma once
/*
   Functions of theta as people have them: formulas, tables of numbers, shared objects.
   All are evaluated over many points at once
   and give their derivatives (plain C, no PETSc, no MPI).
*/
#include <stddef.h>

/* Documented where they are defined, src/expression, and in docs/api.md */
typedef struct HypFunction HypFunction;
enum { HYP_THIN_PATTERNS = 3 };

int  HypFunctionCreateFormulas(size_t d, size_t m, const char *const *texts, HypFunction **function,
                               size_t *bad, char **message);
int  HypFunctionEvaluate(HypFunction *function, int order, size_t lanes, const double *theta,
                         double *values, char **message);
void HypFunctionDestroy(HypFunction **function);
int  HypFunctionCreateTable(size_t d, const char *path, const char *interpolation,
                            const char *extrapolation, HypFunction **function, char **message);
void HypFunctionCreateThinned(const HypFunction *function, int pattern, HypFunction **thinned);
int  HypFunctionIsShort(const HypFunction *function);
int  HypFunctionThinnedNoise(const HypFunction *function, double *noise, double *gain);
int  HypFunctionReach(const HypFunction *function, size_t j, double *low, double *high);
int  HypFormulaIsIndexed(const char *text);

/* Losses by name, src/expression/named.c */
int HypLossNamed(const char *name, size_t d, size_t n, const double *parameters, const char *data,
                 char **formula, double curvature[2], char **message);
int HypLossNamedIsSum(const char *name);
int HypLossNamedIsQuadratic(const char *name);
int HypLossNamedRow(size_t i, const char **name, const char **parameters, const char **defaults,
                    const char **help);
