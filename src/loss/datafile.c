/* The data of a least-squares loss, from a file. */
#include "loss/lossimpl.h"
#include <hypoco/table.h>

/*@C
  HypLossCreateLeastSquaresFile - f_i(theta) = (r_i . theta - t_i)^2 / 2 with rows and targets
  from a file

  Not collective

  Input Parameters:
+ path - rows of d numbers and a target, see HypTableRead()
- d    - dimension of theta

  Output Parameter:
. loss - the loss

  Level: beginner

.seealso: HypLossCreateLeastSquares()
@*/
PetscErrorCode HypLossCreateLeastSquaresFile(const char path[], PetscInt d, HypLoss *loss)
{
  char      *message, sentence[1024];
  HypTable   table;
  PetscReal *rows, *targets;

  PetscFunctionBeginUser;
  if (HypTableReadColumns("sample_loss_data", path, (size_t)d + 1, 0,
                          "the d entries of a row, then its target", &table, &message)) {
    PetscCall(PetscStrncpy(sentence, message, sizeof(sentence)));
    free(message);
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED, "%s", sentence);
  }
  PetscCall(PetscMalloc2((PetscInt)table.rows * d, &rows, table.rows, &targets));
  for (PetscInt i = 0; i < (PetscInt)table.rows; i++) {
    for (PetscInt c = 0; c < d; c++) rows[i * d + c] = table.values[i * (d + 1) + c];
    targets[i] = table.values[i * (d + 1) + d];
  }
  PetscCall(HypLossCreateLeastSquares(d, (PetscInt)table.rows, rows, targets, loss));
  PetscCall(PetscFree2(rows, targets));
  HypTableDestroy(&table);
  PetscFunctionReturn(0);
}
