/*
   What an option file may ask of PETSc: numbers,
   and nothing that starts programs, loads code or writes files.
   A file may come from anywhere, so the list says what is allowed;
   the command line, and -trust there, are the user's own words.
*/
#include "program/options/optionsimpl.h"
#include <string.h>

/* Options of solvers begin so */
static const char *const prefixes[] = {"ts_",
                                       "coarse_ts_",
                                       "snes_",
                                       "ksp_",
                                       "pc_",
                                       "eps_",
                                       "st_",
                                       "bv_",
                                       "ds_",
                                       "fn_",
                                       "mfn_",
                                       "rg_",
                                       "mg_",
                                       "sub_",
                                       "npc_",
                                       "inverse_",
                                       "steady_",
                                       "worst_",
                                       "esteig_",
                                       "mat_mumps_icntl_",
                                       "mat_mumps_cntl_",
                                       "fieldsplit_"};

/* Parts of a name that mean a file, a program or a window rather than a number */
static const char *const parts[] = {
  "debug",  "file",    "python",     "shell", "draw",  "dump",  "matlab", "trace",  "library",
  "socket", "tmpdir",  "trajectory", "_log",  "_save", "_load", "_dir",   "_path",  "_write",
  "_read",  "_output", "_lg",        "_hg",   "_sp_",  "_vtk",  "_hdf5",  "_binary"};

/* Parts that mean a report: on stdout without a value, in a file with one */
static const char *const reports[] = {"view",           "monitor",       "print",
                                      "plot",           "reason",        "error_absolute",
                                      "error_relative", "error_backward"};

/* What is read when PETSc starts, and only helps to find mistakes; without a value */
static const char *const starters[] = {"fp_trap", "malloc_debug", "options_left", "log_view"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Numbers, words and lists of them; a colon or a slash would name a file */
static bool IsPlain(const char *value)
{
  return !value || strspn(value, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "_.,+- ") == strlen(value);
}

/* May an option of PETSc's be set by somebody who is not trusted? */
bool HypOptionIsHarmless(const char *key, const char *value)
{
  for (size_t i = 0; i < COUNT(starters); i++) {
    if (!strcmp(key, starters[i])) return !value;
  }
  if (!IsPlain(value)) return false;
  for (size_t i = 0; i < COUNT(parts); i++) {
    if (strstr(key, parts[i])) return false;
  }
  for (size_t i = 0; i < COUNT(reports); i++) {
    if (value && strstr(key, reports[i])) return false;
  }
  for (size_t i = 0; i < COUNT(prefixes); i++) {
    if (!strncmp(key, prefixes[i], strlen(prefixes[i]))) return true;
  }
  return false;
}

/* Our own keys are data, but one: a shared object is a program, and has its way with the machine */
bool HypOptionIsOnlyData(const char *key)
{
  return strcmp(key, "epsilon_library") != 0;
}
