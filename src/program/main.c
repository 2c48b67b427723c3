/* hypoco: the table of commands. */
#include "program/program.h"

static const HypCommand commands[] = {
  {"solve", HypCommandSolve, "solve the kinetic equation in time and measure its decay"},
  {"steady", HypCommandSteady, "compute the steady state, with its certificate"},
  {"spectrum", HypCommandSpectrum, "compute the leading eigenvalues and the propagator's norm"},
  {"verify", HypCommandVerify, "put Theorem 3.1 and every step of its proof to the test"},
  {"sweep", HypCommandSweep,
   "solve, diagonalise or audit every combination of the values of some keys"},
  {"sample", HypCommandSample, "sample paths of asynchronous SGD or of one of its models"},
  {"theory", HypCommandTheory, "evaluate the theory for given parameters"},
  {"plot", NULL, "draw a result file"},
  {"report", NULL, "turn a result file into one web page"},
  {"rerun", NULL, "repeat the run that wrote a result file, and compare"},
};

int main(int argc, char **argv)
{
  return HypCliMain(argc, argv, commands, sizeof(commands) / sizeof(commands[0]));
}
