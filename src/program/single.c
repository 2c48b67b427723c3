/*
   A run of one process that no launcher started.  Open MPI starts a daemon for it and looks for
   networks; neither is of use, and together they take most of the time of a small run.  These
   settings do without them, and without Open MPI's folder in TMPDIR,
   which all such runs would share and take away from each other: of six at a time one in forty
   ended there.

   Open MPI has hwloc look at the machine, at every card in it too.  One process is bound to no core
   and talks to no card: without that look a start takes 75 instead of 89 ms of processor time.
*/
#include "program/program.h"
#include <stdlib.h>
#include <string.h>

enum { LINE = 1024 };

/* Settings of Open MPI, without its prefix OMPI_MCA_ */
static const char *const settings[][2] = {{"ess_singleton_isolated", "1"},
                                          {"orte_create_session_dirs", "0"},
                                          {"btl", "self"},
                                          {"pml", "ob1"},
                                          {"mtl", "^ofi"},
                                          {"osc", "^ucx"}};

/* What hwloc is to leave out: the cards, by each of its ways to them */
#define NO_CARDS "-linuxio,-pci,-opencl,-cuda,-nvml,-gl"

enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };

/* Is there a file of settings of the user's own?  What stands there must win, as it does without
   us. */
static bool UserHasFile(void)
{
  const char *const home = getenv("HOME");
  char              path[LINE], line[LINE];
  bool              found = false;
  FILE             *file;

  if (!home || snprintf(path, sizeof(path), "%s/.openmpi/mca-params.conf", home) >= LINE)
    return false;
  file = fopen(path, "r");
  if (!file) return false;
  while (!found && fgets(line, sizeof(line), file)) {
    const char *const word = line + strspn(line, " \t");

    found = *word && *word != '#' && *word != '\n';
  }
  fclose(file);
  return found;
}

static bool UserHasSettings(void)
{
  for (size_t i = 0; i < SETTINGS; i++) {
    char name[64];

    snprintf(name, sizeof(name), "OMPI_MCA_%s", settings[i][0]);
    if (getenv(name)) return true;
  }
  return UserHasFile();
}

/*
  HypCliSettleSingle - Spares a process without a launcher the daemon and the networks of Open MPI

  Not collective; before MPI_Init

  Notes:
  Nothing is changed under a launcher, nor where the user has set one of these things in the
  environment or in ~/.openmpi/mca-params.conf.  Other implementations of MPI do not read these
  variables.  HWLOC_COMPONENTS stays as it is where the user has set it.
*/
void HypCliSettleSingle(void)
{
  static const char *const launchers[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK",
                                          "PMI_SIZE", "SLURM_PROCID"};

  for (size_t i = 0; i < sizeof(launchers) / sizeof(launchers[0]); i++) {
    if (getenv(launchers[i])) return;
  }
  if (UserHasSettings()) return;
  for (size_t i = 0; i < SETTINGS; i++) {
    char name[64];

    snprintf(name, sizeof(name), "OMPI_MCA_%s", settings[i][0]);
    setenv(name, settings[i][1], 1);
  }
  setenv("HWLOC_COMPONENTS", NO_CARDS, 0);
}
