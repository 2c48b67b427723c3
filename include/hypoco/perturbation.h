#pragma once
/*
   The function that a shared object for epsilon_library defines: eps_1..eps_d at one point theta.
   It returns 0, or another number to stop the run.
   C++ programs write extern "C".
   It is called on every rank, by one thread, many times; the same theta must give the same eps.
*/
#ifdef __cplusplus
extern "C" {
#endif

typedef int(HypUserPerturbation)(int d, const double theta[], double eps[]);

HypUserPerturbation HypPerturbation;

#ifdef __cplusplus
}
#endif
