/* Memory: what is available, and what is said when there is none. */
#include "base/base.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void (*last)(void);

/* What a process does before it ends without memory: its files' locks, for example */
void HypAtOutOfMemory(void (*call)(void))
{
  last = call;
}

/* Ends the process where nothing else can be done;
   3 is the code of a failure that is no mistake of the user's */
void HypOutOfMemory(void)
{
  static const char sentence[] = "hypoco: error: out of memory\n";

  if (last) last();
  if (write(STDERR_FILENO, sentence, sizeof(sentence) - 1) < 0) _exit(3);
  _exit(3);
}

/* The number in a file that holds one, or infinity: no such file, or no limit ("max") */
static double NumberIn(const char path[])
{
  FILE  *file   = fopen(path, "r");
  double number = HUGE_VAL;

  if (!file) return number;
  if (fscanf(file, "%lf", &number) != 1) number = HUGE_VAL;
  (void)fclose(file);
  return number;
}

/* What this node can still give: the kernel's own estimate, else the free pages */
static double NodeAvailable(void)
{
  FILE  *file = fopen("/proc/meminfo", "r");
  double kib  = -1;
  char   line[128];

  while (file && kib < 0 && fgets(line, sizeof(line), file))
    (void)sscanf(line, "MemAvailable: %lf kB", &kib);
  if (file) (void)fclose(file);
  return kib >= 0 ? 1024 * kib : (double)sysconf(_SC_AVPHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
}

/* The same within a container's limit, version 2 or 1;
   not less its present use, for most of that is files kept in memory */
static double Contained(void)
{
  return fmin(NumberIn("/sys/fs/cgroup/memory.max"),
              NumberIn("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
}

/* What a limit of this process (ulimit -v) leaves beyond what it has */
static double Limited(void)
{
  struct rlimit limit;
  FILE         *file;
  double        pages = 0;

  if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY) return HUGE_VAL;
  file = fopen("/proc/self/statm", "r");
  if (file && fscanf(file, "%lf", &pages) != 1) pages = 0;
  if (file) (void)fclose(file);
  return fmax(0, (double)limit.rlim_cur - pages * (double)sysconf(_SC_PAGESIZE));
}

/*
  HypMemoryAvailable - Bytes that this process may still take,
  by the node, its control group and its own limits

  Not collective; plain C
*/
double HypMemoryAvailable(void)
{
  return fmin(NodeAvailable(), fmin(Contained(), Limited()));
}
