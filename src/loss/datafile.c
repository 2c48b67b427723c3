/* The data of a least-squares loss, from a text file. */
#include "loss/lossimpl.h"
#include <errno.h>
#include <stdio.h>

/* Rows of d + 1 numbers: r_1 ... r_d t; '#' begins a comment */
static PetscErrorCode ReadRows(const char *path, FILE *file, PetscInt d, PetscInt *n,
                               PetscReal **numbers)
{
  PetscInt size = 0, capacity = 1024, row = 1;
  char     word[64];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(capacity, numbers));
  for (;;) {
    char  *end;
    double value;
    int    next;

    while ((next = fgetc(file)) == ' ' || next == '\t' || next == ',' || next == '\r' ||
           next == '\n')
      row += next == '\n';
    if (next == EOF) break;
    if (next == '#') {
      while ((next = fgetc(file)) != '\n' && next != EOF) continue;
      row++;
      continue;
    }
    ungetc(next, file);
    PetscCheck(fscanf(file, "%63[^ \t,\r\n#]", word) == 1, PETSC_COMM_SELF, PETSC_ERR_FILE_READ,
               "%s: row %" PetscInt_FMT " cannot be read", path, row);
    value = strtod(word, &end);
    PetscCheck(*end == '\0' && PetscAbsReal(value) < PETSC_MAX_REAL, PETSC_COMM_SELF,
               PETSC_ERR_FILE_UNEXPECTED, "%s: row %" PetscInt_FMT ": '%s' is not a finite number",
               path, row, word);
    if (size == capacity) {
      PetscCall(PetscRealloc((size_t)(capacity * 2) * sizeof(PetscReal), numbers));
      capacity *= 2;
    }
    (*numbers)[size++] = value;
  }
  PetscCheck(size > 0 && size % (d + 1) == 0, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "%s: %" PetscInt_FMT " numbers found, rows of %" PetscInt_FMT
             " needed: the d = %" PetscInt_FMT " entries of a row, then its target",
             path, size, d + 1, d);
  *n = size / (d + 1);
  PetscFunctionReturn(0);
}

/*@C
  HypLossCreateLeastSquaresFile - f_i(theta) = (r_i . theta - t_i)^2 / 2 with rows and targets
  from a text file

  Not collective

  Input Parameters:
+ path - rows of d numbers and a target; '#' begins a comment
- d    - dimension of theta

  Output Parameter:
. loss - the loss

  Level: beginner

.seealso: HypLossCreateLeastSquares()
@*/
PetscErrorCode HypLossCreateLeastSquaresFile(const char path[], PetscInt d, HypLoss *loss)
{
  FILE      *file;
  PetscInt   n = 0;
  PetscReal *numbers, *rows, *targets;

  PetscFunctionBeginUser;
  file = fopen(path, "r");
  PetscCheck(file, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN,
             "sample_loss_data: %s cannot be opened: %s", path, strerror(errno));
  PetscCall(ReadRows(path, file, d, &n, &numbers));
  fclose(file);
  PetscCall(PetscMalloc2(n * d, &rows, n, &targets));
  for (PetscInt i = 0; i < n; i++) {
    for (PetscInt c = 0; c < d; c++) rows[i * d + c] = numbers[i * (d + 1) + c];
    targets[i] = numbers[i * (d + 1) + d];
  }
  PetscCall(HypLossCreateLeastSquares(d, n, rows, targets, loss));
  PetscCall(PetscFree2(rows, targets));
  PetscCall(PetscFree(numbers));
  PetscFunctionReturn(0);
}
