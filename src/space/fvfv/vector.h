#pragma once
/*
   Numbers that the processor handles together, for the loops over rows of the stencil.

   gcc vectorises those loops too, but loads every neighbour h[j - 2], ..., h[j + 2] from memory.
   A load of 64 bytes that crosses a cache line takes two turns, and four of these five do;
   shifted out of registers they do not (docs/performance.md).
*/
#include <petscsys.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define LANES 8
#elif defined(__AVX__)
#define LANES 4
#else
#define LANES 2
#endif

typedef PetscScalar Lanes __attribute__((vector_size(8 * LANES), aligned(8), may_alias));

#define INLINE static inline __attribute__((always_inline))

INLINE Lanes Load(const PetscScalar *p)
{
  return *(const Lanes *)p;
}

INLINE void Store(PetscScalar *p, Lanes a)
{
  *(Lanes *)p = a;
}

INLINE Lanes Every(PetscScalar a)
{
  return a - (Lanes){0};
}

/* Keeps what was loaded in a register: gcc would rather load it again at each use */
#if defined(__AVX512F__)
#define KEEP(a) __asm__("" : "+v"(a))
#elif defined(__SSE2__)
#define KEEP(a) __asm__("" : "+x"(a))
#else
#define KEEP(a)
#endif

/* Asks for what is read soon. The processor does that by itself within a page of 4 KiB,
   and begins again with every row */
INLINE void Fetch(const PetscScalar *p)
{
#if defined(__GNUC__)
  __builtin_prefetch(p, 0, 2);
#else
  (void)p;
#endif
}

/* a b + c, with one rounding where MulAdd() has one */
INLINE Lanes LanesMulAdd(Lanes a, Lanes b, Lanes c)
{
#if defined(__AVX512F__)
  return (Lanes)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__FMA__)
  return (Lanes)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#else
  return a * b + c;
#endif
}

/* p[by], p[by + 1], ..., where p[-LANES] to p[2 LANES - 1] may be read and |by| < LANES */
#if defined(__AVX512F__)
#define Neighbour(p, by)                                                                           \
  ((by) < 0 ? (Lanes)_mm512_alignr_epi64((__m512i)Load(p), (__m512i)Load((p)-LANES),               \
                                         ((by) + LANES) % LANES)                                   \
            : (Lanes)_mm512_alignr_epi64((__m512i)Load((p) + LANES), (__m512i)Load(p),             \
                                         ((by) + LANES) % LANES))
#else
#define Neighbour(p, by) Load((p) + (by))
#endif

/* All that StreamLanes() wrote comes before what is written after this */
INLINE void StreamFence(void)
{
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

/* Past the caches, to the beginning of as many bytes */
INLINE void StreamLanes(PetscScalar *p, Lanes a)
{
#if defined(__AVX512F__)
  _mm512_stream_pd(p, (__m512d)a);
#elif defined(__AVX__)
  _mm256_stream_pd(p, (__m256d)a);
#elif defined(__SSE2__)
  _mm_stream_pd(p, (__m128d)a);
#else
  Store(p, a);
#endif
}
