/* The table of commands, and the program as a function. */
#include "program/program.h"
#include <hypoco/main.h>

static const HypCommand commands[] = {
  {"solve", HypCommandSolve, "solve the kinetic equation in time and measure its decay"},
  {"steady", HypCommandSteady, "compute the steady state, with its certificate"},
  {"spectrum", HypCommandSpectrum, "compute the leading eigenvalues and the propagator's norm"},
  {"verify", HypCommandVerify, "put Theorem 3.1 and every step of its proof to the test"},
  {"sweep", HypCommandSweep,
   "solve, diagonalise or audit every combination of the values of some keys"},
  {"sample", HypCommandSample, "sample paths of asynchronous SGD or of one of its models"},
  {"compare", HypCommandCompare,
   "put the algorithm, its models and the equation side by side, from one start"},
  {"theory", HypCommandTheory, "evaluate the theory for given parameters"},
  {"plot", NULL, "draw a result file"},
  {"report", NULL, "turn a result file into one web page"},
  {"rerun", NULL, "repeat the run that wrote a result file, and compare"},
};

/*@C
  HypMain - The program hypoco as a function:
  checks the options, starts MPI, runs a command and ends MPI

  Collective; starts and ends MPI, PETSc and SLEPc

  Input Parameters:
+ argc - as given to main()
- argv - as given to main(): hypoco COMMAND FILE.yaml [-option value ...]

  Returns the process's exit code.

  Level: beginner

  Notes:
  A program of one's own registers what it adds before it:
  axis types with HypAxisRegister(), spaces with HypSpaceRegister() and models of sample with
  HypSamplerRegister(), which options may then name,
  and a perturbation with HypMainSetPerturbation().

.seealso: HypAxisRegister(), HypMainSetPerturbation()
@*/
int HypMain(int argc, char **argv)
{
  if (HypAllowTypes()) return HYP_EXIT_NUMERICAL;
  return HypCliMain(argc, argv, commands, sizeof(commands) / sizeof(commands[0]));
}
