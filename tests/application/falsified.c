/* hypoco with false constants: falsified MU C2 COMMAND ..., mu and C2 are multiplied by these
   factors. */
#include <hypoco/investigate.h>
#include <hypoco/main.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
  if (argc < 4) return 2;
  HypInvestigateFactors[0] = strtod(argv[1], NULL);
  HypInvestigateFactors[1] = strtod(argv[2], NULL);
  return HypMain(argc - 2, argv + 2);
}
