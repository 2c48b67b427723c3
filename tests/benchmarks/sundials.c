/*
   Case B3 of references.py by SUNDIALS in plain C: central differences of order six on g,

     g_t + v g_x - x g_v = (v g + g_v)_v + eps (g_x - g_v),
     eps = 0.2 sin(theta), theta = -(x + v),

   on n x n points out to 7.5, by ARKODE's explicit method of order 5.

     sundials N TOLERANCE FILE

   writes g(T = 2), v slowest, and prints the seconds of set-up and solve.
*/
#include <arkode/arkode_arkstep.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { GHOSTS = 3 };

typedef struct {
  int    n, row; /* points along each axis; with ghosts */
  double h, *q, *eps, *padded;
} Grid;

static void *Allocate(size_t count)
{
  void *memory = calloc(count, sizeof(double));

  if (!memory) abort();
  return memory;
}

static void Check(int flag, const char what[])
{
  if (flag >= 0) return;
  fprintf(stderr, "sundials: %s failed with %d\n", what, flag);
  exit(3);
}

/* dg/dt = -v g_x + x g_v + g + v g_v + g_vv + eps (g_x - g_v) */
static int Derivative(realtype t, N_Vector y, N_Vector dy, void *ctx)
{
  const Grid   *grid = (const Grid *)ctx;
  const double *g    = N_VGetArrayPointer(y);
  double       *to   = N_VGetArrayPointer(dy);
  const int     n = grid->n, row = grid->row;
  const double  a = 1 / (60 * grid->h), b = 1 / (180 * grid->h * grid->h);

  (void)t;
  for (int j = 0; j < n; j++) {
    double *const line = grid->padded + (j + GHOSTS) * row + GHOSTS;

    for (int i = 0; i < n; i++) line[i] = g[j * n + i];
  }
  for (int j = 0; j < n; j++) {
    const double *const p = grid->padded + (j + GHOSTS) * row + GHOSTS;
    const double        v = grid->q[j];

    for (int i = 0; i < n; i++) {
      const double e = grid->eps[j * n + i];
      const double gx =
        a * (45 * (p[i + 1] - p[i - 1]) - 9 * (p[i + 2] - p[i - 2]) + p[i + 3] - p[i - 3]);
      const double gv =
        a * (45 * (p[i + row] - p[i - row]) - 9 * (p[i + 2 * row] - p[i - 2 * row]) +
             p[i + 3 * row] - p[i - 3 * row]);
      const double gvv =
        b * (270 * (p[i + row] + p[i - row]) - 27 * (p[i + 2 * row] + p[i - 2 * row]) +
             2 * (p[i + 3 * row] + p[i - 3 * row]) - 490 * p[i]);

      to[j * n + i] = (e - v) * gx + (grid->q[i] + v - e) * gv + p[i] + gvv;
    }
  }
  return 0;
}

static Grid GridCreate(int n)
{
  const double width = 7.5;
  Grid         grid  = {.n = n, .row = n + 2 * GHOSTS, .h = 2 * width / (n - 1)};

  grid.q      = (double *)Allocate((size_t)n);
  grid.eps    = (double *)Allocate((size_t)n * (size_t)n);
  grid.padded = (double *)Allocate((size_t)grid.row * (size_t)grid.row);
  for (int k = 0; k < n; k++) grid.q[k] = -width + k * grid.h;
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) grid.eps[j * n + i] = 0.2 * sin(-(grid.q[i] + grid.q[j]));
  return grid;
}

/* g_0: a Gaussian with mean (1, 1/2) and covariance 1/2 */
static void Start(const Grid *grid, double g[])
{
  for (int j = 0; j < grid->n; j++)
    for (int i = 0; i < grid->n; i++)
      g[j * grid->n + i] = exp(-pow(grid->q[i] - 1, 2) - pow(grid->q[j] - 0.5, 2)) / acos(-1.0);
}

static double Seconds(void)
{
  struct timespec now;

  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
  const double begin = Seconds();
  SUNContext   context;
  N_Vector     y;
  realtype     t;
  void        *solver;
  Grid         grid;
  FILE        *file;

  if (argc != 4) {
    fputs("sundials N TOLERANCE FILE\n", stderr);
    return 2;
  }
  grid = GridCreate(atoi(argv[1]));
  Check(SUNContext_Create(NULL, &context), "SUNContext_Create");
  y = N_VNew_Serial((sunindextype)grid.n * grid.n, context);
  Start(&grid, N_VGetArrayPointer(y));
  solver = ARKStepCreate(Derivative, NULL, 0, y, context);
  Check(ARKStepSetOrder(solver, 5), "ARKStepSetOrder");
  Check(ARKStepSStolerances(solver, atof(argv[2]), 1e-3 * atof(argv[2])), "ARKStepSStolerances");
  Check(ARKStepSetUserData(solver, &grid), "ARKStepSetUserData");
  Check(ARKStepSetMaxNumSteps(solver, 1000000), "ARKStepSetMaxNumSteps");
  Check(ARKStepSetStopTime(solver, 2), "ARKStepSetStopTime");
  Check(ARKStepEvolve(solver, 2, y, &t, ARK_NORMAL), "ARKStepEvolve");
  printf("%.6f\n", Seconds() - begin);
  file = fopen(argv[3], "wb");
  if (!file ||
      fwrite(N_VGetArrayPointer(y), sizeof(double), (size_t)grid.n * (size_t)grid.n, file) !=
        (size_t)grid.n * (size_t)grid.n ||
      fclose(file)) {
    fprintf(stderr, "sundials: %s could not be written\n", argv[3]);
    return 4;
  }
  ARKStepFree(&solver);
  N_VDestroy(y);
  SUNContext_Free(&context);
  free(grid.q);
  free(grid.eps);
  free(grid.padded);
  return 0;
}
