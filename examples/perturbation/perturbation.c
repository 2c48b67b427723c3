/*
   eps(theta) in C, for

       cmake -S . -B build && cmake --build build
       hypoco spectrum case.yaml -epsilon_library build/perturbation.so

   The function may use anything that a program may use.  hypoco runs it as it is.
*/
#include <hypoco/perturbation.h>
#include <math.h>

int HypPerturbation(int d, const double theta[], double eps[])
{
  for (int i = 0; i < d; i++) eps[i] = 0.5 * sin(theta[i]);
  return 0;
}
