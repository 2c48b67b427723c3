/* hypoco: the table of commands. */
#include "cli.h"

static const HypCommand commands[] = {
  {"solve", HypCommandSolve, "solve the kinetic equation in time and measure its decay"},
  {"steady", HypCommandSteady, "compute the steady state, with its certificate"},
  {"spectrum", HypCommandSpectrum, "compute the leading eigenvalues and the propagator's norm"},
  {"sample", HypCommandSample, "sample paths of asynchronous SGD or of one of its models"},
  {"theory", HypCommandTheory, "evaluate the theory for given parameters"},
};

int main(int argc, char **argv)
{
  return HypCliMain(argc, argv, commands, sizeof(commands) / sizeof(commands[0]));
}
