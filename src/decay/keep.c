/* Which series a run computes: all, or those that the user names. */
#include <hypoco/decay.h>
#include <string.h>

/* The column of a name, which may have spaces around it; -1: none */
static PetscInt Named(const HypSeries *s, const char name[], size_t length)
{
  while (length && name[0] == ' ') {
    name++;
    length--;
  }
  while (length && name[length - 1] == ' ') length--;
  for (PetscInt i = 0; i < s->ncolumns; i++) {
    const char *own = s->columns[i].row->name;

    if (strlen(own) == length && !strncmp(own, name, length)) return i;
  }
  return -1;
}

/* The names of all series there are */
static void Names(const HypSeries *s, size_t size, char text[])
{
  text[0] = 0;
  for (PetscInt i = 0; i < s->ncolumns; i++)
    snprintf(text + strlen(text), size - strlen(text), "%s%s", i ? ", " : "",
             s->columns[i].row->name);
}

/*@C
  HypSeriesKeep - Leaves out all series but some

  Not collective; before HypSeriesAdd()

  Input Parameters:
+ s     - empty
- names - names between commas, as in files; norm2, to which the rate is fitted, and H, which
  pictures show, are always kept; tv brings tv_error, where there is one.  One comma may come last

  Level: intermediate

  Note:
  Where no distance to F is kept, they are computed at the first time only, where the guards look
  at them: they cost most of a small run.

.seealso: HypSeriesCreate()
@*/
PetscErrorCode HypSeriesKeep(HypSeries *s, const char names[])
{
  PetscBool keep[HYP_SERIES_ROOM] = {PETSC_FALSE};
  PetscInt  n                     = 0;
  char      all[512];

  PetscFunctionBeginUser;
  Names(s, sizeof(all), all);
  for (const char *name = names, *end; name; name = *end ? end + 1 : NULL) {
    const PetscInt i = Named(s, name, strcspn(name, ","));

    end = name + strcspn(name, ",");
    if (name != names && !name[strspn(name, " ")]) break;
    PetscCheck(i >= 0, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
               "time_series: '%.*s' given, which is no series of this run; there are %s",
               (int)PetscMin(end - name, 60), name, all);
    keep[i] = PETSC_TRUE;
    if (!strcmp(s->columns[i].row->name, "tv") && i + 1 < s->ncolumns &&
        !strcmp(s->columns[i + 1].row->name, "tv_error"))
      keep[i + 1] = PETSC_TRUE;
  }
  for (PetscInt i = 0; i < s->ncolumns; i++) {
    const char *name = s->columns[i].row->name;

    if (keep[i] || !strcmp(name, "norm2") || !strcmp(name, "H"))
      s->columns[n++] = s->columns[i];
    else
      PetscCall(PetscFree(s->columns[i].values));
  }
  s->ncolumns = n;
  PetscFunctionReturn(0);
}
