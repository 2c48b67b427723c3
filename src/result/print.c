/* The table on stdout: the table of results for people to read. */
#include "result/section/section.h"
#include "base/base.h"
#include <stdlib.h>
#include <string.h>

enum { CELL = 512, LINE = 2048, WIDTH = 18 };

/* A number on its side of what it is; the format says how many digits it has */
static double Sided(const HypQuantity *row, const char format[], double value)
{
  const char *point  = strchr(format, '.');
  const int   digits = point ? atoi(point + 1) + (strchr(point, 'e') ? 1 : 0) : 6;

  return row->side == HYP_ABOVE   ? HypRoundUp(value, digits)
         : row->side == HYP_BELOW ? HypRoundDown(value, digits)
                                  : value;
}

/* A value as text; "" where there is none */
static void Cell(const HypQuantity *row, HypValue v, char cell[CELL])
{
  const char *format = row->format ? row->format : "%.10g";

  cell[0] = 0;
  if (!HypValueKnown(v)) return;
  if (v.type == HYP_TEXT)
    snprintf(cell, CELL, "%s", v.text);
  else if (v.type == HYP_REALS)
    for (PetscInt i = 0; i < v.n; i++)
      snprintf(cell + strlen(cell), CELL - strlen(cell), "%s%g", i ? ", " : "", (double)v.reals[i]);
  else
    snprintf(cell, CELL, format, Sided(row, format, (double)v.real));
}

/* model      d = 1, omega0 = 1, ...; nothing where no value is known */
static void PrintLine(FILE *f, const HypSection *section, const HypResult *result)
{
  const char *comma = "";
  char        cell[CELL];

  if (!section->title) return; /* for JSON and files only */
  for (const HypQuantity *row = section->rows; row < section->rows + section->nrows; row++) {
    if (!row->label) continue;
    Cell(row, row->value(result, 0), cell);
    if (!cell[0]) continue;
    if (comma[0])
      fprintf(f, ", %s%s", row->label, cell);
    else
      fprintf(f, "%-10s %s%s", section->title, row->label, cell);
    comma = ",";
  }
  if (comma[0]) fprintf(f, "\n");
}

static int Width(const HypQuantity *row)
{
  return row->width ? row->width : WIDTH;
}

/* Is it a column? Not where the run has no such values */
static PetscBool IsColumn(const HypQuantity *row, const HypResult *result)
{
  return (PetscBool)(row->label && row->many && row->value(result, 0).type != HYP_ABSENT);
}

/* Without the blanks at its end */
static void EndLine(FILE *f, char line[LINE])
{
  size_t length = strlen(line);

  while (length && line[length - 1] == ' ') line[--length] = 0;
  fprintf(f, "%s\n", line);
}

static void Append(char line[LINE], const char *before, int width, const char *cell)
{
  const size_t length = strlen(line);

  snprintf(line + length, LINE - length, "%s%*s", before, width, cell);
}

/* A column for each quantity that is many; the title stands over the first */
static void PrintColumns(FILE *f, const HypSection *section, const HypResult *result)
{
  const HypQuantity *const end = section->rows + section->nrows;
  char                     cell[CELL], line[LINE] = "";

  for (const HypQuantity *row = section->rows; row < end; row++) {
    if (!IsColumn(row, result)) continue;
    if (row == section->rows)
      Append(line, "", Width(row) - 2, section->title);
    else
      Append(line, " ", Width(row), row->label);
  }
  EndLine(f, line);
  for (PetscInt i = 0; i < section->count(result); i++) {
    line[0] = 0;
    for (const HypQuantity *row = section->rows; row < end; row++) {
      if (!IsColumn(row, result)) continue;
      Cell(row, row->value(result, i), cell);
      Append(line, row == section->rows ? "  " : " ", Width(row), cell);
    }
    EndLine(f, line);
  }
}

/* A line for each quantity that is many, with one value for each index */
static void PrintAcross(FILE *f, const HypSection *section, const HypResult *result)
{
  char cell[CELL], line[LINE];

  fprintf(f, "%s\n", section->title);
  for (const HypQuantity *row = section->rows; row < section->rows + section->nrows; row++) {
    if (!IsColumn(row, result)) continue;
    snprintf(line, sizeof(line), "  %-22s", row->label);
    for (PetscInt i = 0; i < section->count(result); i++) {
      Cell(row, row->value(result, i), cell);
      Append(line, " ", Width(row), cell);
    }
    if (row->note) row->note(result, cell, sizeof(cell));
    if (row->note) Append(line, "  ", 0, cell);
    EndLine(f, line);
  }
}

/* A title, columns, and a line for each single value; nothing where no value is known */
static void PrintTable(FILE *f, const HypSection *section, const HypResult *result)
{
  const PetscInt n = section->count ? section->count(result) : 0;
  char           cell[CELL], note[CELL];
  PetscBool      titled = PETSC_FALSE;

  if (section->count && !n) return;
  if (n) {
    fprintf(f, "\n");
    (section->look == HYP_ACROSS ? PrintAcross : PrintColumns)(f, section, result);
    titled = PETSC_TRUE;
  }
  for (const HypQuantity *row = section->rows; row < section->rows + section->nrows; row++) {
    if (row->many || !row->label) continue;
    Cell(row, row->value(result, 0), cell);
    if (!cell[0]) continue;
    if (!titled) fprintf(f, "\n%s\n", section->title);
    titled  = PETSC_TRUE;
    note[0] = 0;
    if (row->note) row->note(result, note, sizeof(note));
    fprintf(f, "  %-22s %*s%s%s\n", row->label, Width(row), cell, note[0] ? "  " : "", note);
  }
}

/* The series at both ends */
static void PrintSeries(FILE *f, const HypSeries *s)
{
  if (s->n < 1) return;
  fprintf(f, "\n%-24s %18s %18s\n", "functionals", "start", "end");
  fprintf(f, "  %-22s %18.10g %18.10g\n", "time", (double)s->t[0], (double)s->t[s->n - 1]);
  for (const HypSeriesColumn *c = s->columns; c < s->columns + s->ncolumns; c++) {
    for (PetscInt i = 0; i < c->width; i++) {
      char label[64];

      snprintf(label, sizeof(label), c->row->each ? "%s, i = %d" : "%s", c->row->label, (int)i + 1);
      fprintf(f, "  %-22s %18.10g %18.10g\n", label, (double)c->values[i],
              (double)c->values[(s->n - 1) * c->width + i]);
    }
  }
}

static void PrintFooter(FILE *f, const HypResult *result)
{
  const char *output = result->asked ? result->asked->output : NULL;
  const char *json   = result->asked ? result->asked->json : NULL;

  if (output) fprintf(f, "file       %s (pictures: hypoco plot %s)\n", output, output);
  if (json) fprintf(f, "summary    %s\n", json);
  if (result->verdict[0]) fprintf(f, "verdict    %s\n", result->verdict);
}

/*@C
  HypResultPrint - Writes a result as a table for people to read

  Collective

  Input Parameters:
+ result - the result; what the run did not find out is left out
- stream - where to, on the first rank

  Level: beginner

.seealso: HypResultWriteJSON()
@*/
PetscErrorCode HypResultPrint(const HypResult *result, FILE *stream)
{
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(
    MPI_Comm_rank(result->model ? HypModelGetComm(result->model) : PETSC_COMM_WORLD, &rank));
  if (rank) PetscFunctionReturn(0);
  if (result->found) fprintf(stream, "%s\n\n", result->found->answer);
  if (result->asked) {
    const char *file = result->asked->input;

    fprintf(stream, "hypoco %s%s%s\n", result->asked->command, file ? " " : "", file ? file : "");
  }
  for (const HypSection *const *s = HypSections; *s; s++) {
    if (*s == &HypRateSection && result->series) PrintSeries(stream, result->series);
    if (!(*s)->exists(result)) continue;
    if (*s == &HypTimingSection) fprintf(stream, "\n");
    if ((*s)->look == HYP_LINE)
      PrintLine(stream, *s, result);
    else
      PrintTable(stream, *s, result);
  }
  PrintFooter(stream, result);
  PetscCheck(!HypIsUnwritten(stream), PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE,
             "standard output could not be written");
  PetscFunctionReturn(0);
}
