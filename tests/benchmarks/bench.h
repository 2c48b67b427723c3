#pragma once
/* What the benchmark programs share: medians, the triad that every figure is divided by,
   a problem with a given eps. */
#include <stdlib.h>
#include <stdio.h>
#include <hypoco/time.h>
#include <slepcsys.h>

#define OK(call)                                                                                   \
  do {                                                                                             \
    if (call) MPI_Abort(MPI_COMM_WORLD, 3);                                                        \
  } while (0)

static inline int BenchCompare(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static inline double BenchMedian(int n, double t[])
{
  qsort(t, (size_t)n, sizeof(t[0]), BenchCompare);
  return n % 2 ? t[n / 2] : 0.5 * (t[n / 2 - 1] + t[n / 2]);
}

/* The slowest rank's time since `start` */
static inline double BenchSince(double start)
{
  double t = MPI_Wtime() - start;

  MPI_Allreduce(MPI_IN_PLACE, &t, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return t;
}

/* a = b + s c, 24 bytes an element: the triad of STREAM on this rank's part of n elements */
typedef struct {
  size_t  n;
  double *a, *b, *c;
} Triad;

static inline void TriadCreate(PetscInt n, Triad *t)
{
  int size;

  MPI_Comm_size(MPI_COMM_WORLD, &size);
  t->n = (size_t)(n / size);
  t->a = malloc(t->n * sizeof(double));
  t->b = malloc(t->n * sizeof(double));
  t->c = malloc(t->n * sizeof(double));
  if (!t->a || !t->b || !t->c) MPI_Abort(MPI_COMM_WORLD, 3);
  for (size_t i = 0; i < t->n; i++) {
    t->a[i] = 0;
    t->b[i] = 1;
    t->c[i] = (double)i;
  }
}

static inline double TriadTime(Triad *t, int repeats)
{
  double *restrict a       = t->a;
  const double *restrict b = t->b, *restrict c = t->c;
  double start;

  MPI_Barrier(MPI_COMM_WORLD);
  start = MPI_Wtime();
  for (int r = 0; r < repeats; r++) {
    const double s = 3.0 + 1e-3 * r;

    for (size_t i = 0; i < t->n; i++) a[i] = b[i] + s * c[i];
    if (a[t->n / 2] < 0)
      MPI_Abort(MPI_COMM_WORLD, 3); /* or the compiler may drop all but the last pass */
  }
  return BenchSince(start) / repeats;
}

static inline void TriadDestroy(Triad *t)
{
  free(t->a);
  free(t->b);
  free(t->c);
}
