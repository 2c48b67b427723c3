/* JSON files that appear whole or not at all. */
#include "file/ioimpl.h"
#include <hypoco/file.h>
#include <string.h>

/*@C
  HypWriteJSON - Writes a JSON object to a file that is complete whenever it is there

  Collective

  Input Parameters:
+ comm   - ranks that wait for the file; the first one writes it
. object - from any rank's point of view the same; not taken over
- path   - name; a file of that name is replaced

  Level: intermediate

.seealso: HypResultWriteJSON()
@*/
PetscErrorCode HypWriteJSON(MPI_Comm comm, json_t *object, const char path[])
{
  PetscMPIInt    rank;
  PetscErrorCode error = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank) {
    char *text = json_dumps(object, JSON_INDENT(1) | JSON_REAL_PRECISION(17));

    error = text ? HypWriteWholeFile(path, text, strlen(text))
                 : PetscError(PETSC_COMM_SELF, __LINE__, PETSC_FUNCTION_NAME, __FILE__,
                              PETSC_ERR_MEM, PETSC_ERROR_INITIAL, "%s: out of memory", path);
    free(text);
  }
  PetscCall(HypAgreeOnFile(comm, path, error));
  PetscFunctionReturn(0);
}
